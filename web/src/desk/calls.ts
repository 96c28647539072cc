//! The desk's calls by name: what a signed-in person may ask for. A call that finds the token ended refreshes it once
//! and goes again; when that fails the router is told through `onSignedOut`.
import type * as c from '@/shared/api/contract';
import type { components } from '@/shared/api/schema';
import { createApi, intention, Problem, unwrap } from '@/shared/api/http';
import { accessToken, restore } from './login/login';

let signedOut: () => void = () => undefined;
/** What to do when the sign-in has ended for good (the router goes to the sign-in page). */
export const onSignedOut = (then: () => void): void => void (signedOut = then);

async function renew(): Promise<boolean> {
  if (await restore()) return true;
  signedOut();
  return false;
}

export const api = createApi({ token: accessToken, renew });

export interface CaseFilter { state?: string; kind?: string; light?: string; q?: string }
export type AddParty = c.NewParty & { side: c.Side };
/** A header made once per act of the user and kept over its retries. */
export type Intention = ReturnType<typeof intention>;

export const today = () => unwrap<c.Today>(api.GET('/api/v1/today', {}));

export async function cases(filter: CaseFilter): Promise<c.CaseRow[]> {
  const query = Object.fromEntries(Object.entries(filter).filter(([, value]) => value));
  return (await unwrap<{ items: c.CaseRow[] }>(api.GET('/api/v1/cases', { params: { query } }))).items;
}
export const registerCase = (body: c.NewCase, header: Intention) => unwrap<c.Case>(api.POST('/api/v1/cases', { body, params: { header } }));
export const caseFile = (id: string) => unwrap<c.Case>(api.GET('/api/v1/cases/{id}', { params: { path: { id } } }));
export const addParty = (id: string, body: AddParty, header: Intention) =>
  unwrap<c.Party>(api.POST('/api/v1/cases/{id}/parties', { body, params: { path: { id }, header } }));
export const recordConsent = (id: string, party: string, kind: c.ConsentKind, given: boolean) =>
  unwrap<c.Party>(api.PUT('/api/v1/cases/{id}/parties/{party}/consents/{kind}', { body: { given }, params: { path: { id, party, kind } } }));
export const acceptCase = (id: string) => unwrap<c.Case>(api.POST('/api/v1/cases/{id}/accept', { body: {}, params: { path: { id } } }));
export const assignCase = (id: string, mediator: string) =>
  unwrap<c.Case>(api.POST('/api/v1/cases/{id}/assign', { body: { mediator_id: mediator, no_conflict_declared: true }, params: { path: { id } } }));

export interface Timeline { items: c.TimelineEvent[]; head: string; intact: boolean }
export const timeline = (id: string) => unwrap<Timeline>(api.GET('/api/v1/cases/{id}/timeline', { params: { path: { id } } }));

export const scheduleSitting = (id: string, scheduled_at: string, room: string, header: Intention) =>
  unwrap<c.Session>(api.POST('/api/v1/cases/{id}/sessions', { body: { scheduled_at, room }, params: { path: { id }, header } }));
export const session = (id: string) => unwrap<c.Session>(api.GET('/api/v1/sessions/{id}', { params: { path: { id } } }));
export const addSeat = (id: string, body: { role: c.SeatRole; side: c.Side; name: string; bound_to?: string }) =>
  unwrap<c.Seat>(api.POST('/api/v1/sessions/{id}/seats', { body, params: { path: { id } } }));
export const empower = (id: string, seat: string, body: { kind: c.Mandate['kind']; powers: c.Power[]; until?: string }) =>
  unwrap<c.Seat>(api.PUT('/api/v1/sessions/{id}/seats/{seat}/mandate', { body, params: { path: { id, seat } } }));
export const keepApart = (id: string, a: string, b: string) =>
  unwrap<void>(api.POST('/api/v1/sessions/{id}/screens', { body: { a, b }, params: { path: { id } } }));
export interface IssuedLink { join_url: string; expires_at: string }
/** Seats somebody at another person's device, or at an own one again. */
export const seatAtDevice = (id: string, seat: string, of: string | null) =>
  unwrap<c.Seat>(api.PUT('/api/v1/sessions/{id}/seats/{seat}/device', { body: { of }, params: { path: { id, seat } } }));
export const issueLink = (id: string, seat: string) =>
  unwrap<IssuedLink>(api.POST('/api/v1/sessions/{id}/seats/{seat}/link', { body: {}, params: { path: { id, seat } } }));
export const revokeLink = (id: string, seat: string) =>
  unwrap<void>(api.DELETE('/api/v1/sessions/{id}/seats/{seat}/link', { params: { path: { id, seat } } }));
export const enter = (id: string) => unwrap<c.Entry>(api.POST('/api/v1/sessions/{id}/enter', { body: {}, params: { path: { id } } }));

export type Recording = components['schemas']['Recording'];
export type RecordingContents = components['schemas']['RecordingContents'];
export type RecordingTrack = components['schemas']['RecordingTrack'];
export type RecordingLook = components['schemas']['RecordingLook'];
export const recordings = async (id: string) => (await unwrap<{ items: Recording[] }>(api.GET('/api/v1/cases/{id}/recordings', { params: { path: { id } } }))).items;
export const recording = (id: string) => unwrap<RecordingContents>(api.GET('/api/v1/recordings/{recording}', { params: { path: { recording: id } } }));
/** Begins a playback: from here on this browser may fetch the tracks, and the look is in the log. */
export const beginPlayback = (id: string) => unwrap<void>(api.POST('/api/v1/recordings/{recording}/playback', { params: { path: { recording: id } } }));
export const trackUrl = (id: string, n: number) => `/api/v1/recordings/${id}/tracks/${n}`;
export const filmUrl = (id: string) => `/api/v1/recordings/${id}/composite`;
export const makeFilm = (id: string) => unwrap<Recording>(api.POST('/api/v1/recordings/{recording}/composite', { params: { path: { recording: id } } }));
export const holdRecording = (id: string, reason: string) => unwrap<Recording>(api.PUT('/api/v1/recordings/{recording}/hold', { body: { reason }, params: { path: { recording: id } } }));
export const releaseRecording = (id: string, reason: string) => unwrap<Recording>(api.POST('/api/v1/recordings/{recording}/hold', { body: { reason }, params: { path: { recording: id } } }));
export const recordingLog = async (id: string) => (await unwrap<{ items: RecordingLook[] }>(api.GET('/api/v1/recordings/{recording}/log', { params: { path: { recording: id } } }))).items;

/** A document's or page's bytes; images and downloads cannot carry a bearer token by themselves. */
export async function bytes(path: string, token: string | null = accessToken()): Promise<Blob> {
  const answer = await fetch(path, { headers: token === null ? {} : { authorization: `Bearer ${token}` } });
  if (answer.ok) return answer.blob();
  const problem = (await answer.json().catch(() => ({}))) as { code?: string };
  throw new Problem(problem.code ?? 'unknown', answer.status);
}
export const casePapers = (id: string) => unwrap<{ items: c.CasePaper[] }>(api.GET('/api/v1/cases/{id}/papers', { params: { path: { id } } })).then((list) => list.items);
export const paperOriginal = (id: string) => bytes(`/api/v1/papers/${id}/original`);
export const documentBytes = (id: string) => bytes(`/api/v1/documents/${id}`);

/** Hands bytes to the browser as a file. */
export function saveAs(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  Object.assign(document.createElement('a'), { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
