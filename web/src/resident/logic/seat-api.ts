//! The HTTP calls of a resident: the door (by link token) and the papers (by seat token).
import type { Agreement, ConsentKind, Door, Entry, JoinRequest, MinutesEntry, SeatRole, Stance, Stroke } from '@/shared/api/contract';
import { createApi, unwrap } from '@/shared/api/http';
import type { paths } from '@/shared/api/schema';

export interface CodeSent { sent_to: string; expires_in: number; demo_code: string | null }
export interface AgreementText { paragraphs: string[]; text_sha256: string }
export interface HearingName { me: boolean; role: SeatRole; name: string }
/** The hearing ledger of my own seat. `to` is null for the recording. */
export interface Hearing { intact: boolean; items: { from: string; to: string; area: 'lobby' | 'joint' | 'caucus' | 'consult' | null; pairs: { from: HearingName; to: HearingName | null; audio: number; video: number }[]; unreached: HearingName[] }[] }
/** What a party agreed to or refused, once. */
export interface ConsentReceipt { kind: ConsentKind; given: boolean; version: string; at: string; recorded_by: string; fingerprint: string; standing: boolean }
export interface Signature { text_sha256: string; strokes: Stroke[]; width: number; height: number; code: string }

/** What the link itself allows, before and at going in. */
export function doorApi(token: string) {
  const api = createApi<paths>();
  const params = { path: { token } };
  return {
    door: () => unwrap<Door>(api.GET('/api/v1/join/{token}', { params })),
    join: (body: JoinRequest) => unwrap<Entry>(api.POST('/api/v1/join/{token}', { params, body })),
    /** Asks for the seat on this device; answers the number that both screens show. */
    moveHere: () => unwrap<{ code: string }>(api.POST('/api/v1/join/{token}/move', { params })),
    refuse: (reason: string) => unwrap<void>(api.POST('/api/v1/join/{token}/refuse', { params, body: reason ? { reason } : {} })),
    reschedule: (message: string) => unwrap<void>(api.POST('/api/v1/join/{token}/reschedule', { params, body: { message } })),
  };
}

/** What the seat allows, once in. `token` gives a valid seat token; `renew` fetches a new one after a 401. */
export function seatApi(session: string, token: () => Promise<string>, renew: () => Promise<boolean>, holder: () => string | null) {
  const api = createApi<paths>({ token, renew, holder });
  const here = { path: { session } };
  return {
    agreement: () => unwrap<Agreement>(api.GET('/api/v1/sessions/{session}/agreement', { params: here })),
    stance: (clause: string, stance: Stance, version: number) =>
      unwrap<Agreement>(api.PUT('/api/v1/sessions/{session}/agreement/clauses/{clause}/stance', { params: { path: { session, clause } }, body: { stance, version } })),
    text: () => unwrap<AgreementText>(api.GET('/api/v1/sessions/{session}/agreement/text', { params: here })),
    page: (n: number) => unwrap<Blob>(api.GET('/api/v1/sessions/{session}/agreement/pages/{n}', { params: { path: { session, n } }, parseAs: 'blob' })),
    code: () => unwrap<CodeSent>(api.POST('/api/v1/sessions/{session}/agreement/code', { params: here })),
    sign: (body: Signature) => unwrap<Agreement>(api.POST('/api/v1/sessions/{session}/agreement/sign', { params: here, body })),
    confirm: (entry: string, ok: boolean, remark?: string) =>
      unwrap<MinutesEntry>(api.POST('/api/v1/sessions/{id}/minutes/{entry}/confirm', { params: { path: { id: session, entry } }, body: { ok, ...(remark ? { remark } : {}) } })),
    hearing: () => unwrap<Hearing>(api.GET('/api/v1/sessions/{id}/hearing', { params: { path: { id: session } } })),
    consents: () => unwrap<{ items: ConsentReceipt[] }>(api.GET('/api/v1/sessions/{id}/consents', { params: { path: { id: session } } })),
    document: (document: string) => unwrap<Blob>(api.GET('/api/v1/documents/{document}', { params: { path: { document } }, parseAs: 'blob' })),
  };
}

export type SeatApi = ReturnType<typeof seatApi>;
