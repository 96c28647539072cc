//! What the mediator's seat may ask for over HTTP: minutes, clauses, freezing and signing. Answers go straight into the
//! live state, so the screen does not wait for the wire to echo them.
import type { Agreement, EntryKind, MinutesEntry, Stroke } from '@/shared/api/contract';
import { unwrap, type Api } from '@/shared/api/http';
import { bytes, type Intention } from '../calls';

export interface NewEntry { kind: EntryKind; speaker: string; text: string; corrects?: string }
export interface SentCode { sent_to: string; expires_in: number; demo_code: string | null }
export interface Signature { text_sha256: string; strokes: Stroke[]; code: string; width: number; height: number }

interface Wiring {
  api: Api;
  token: () => Promise<string>;
  agreement: (agreement: Agreement) => void;
  entry: (entry: MinutesEntry) => void;
}

export type SeatCalls = ReturnType<typeof seatCalls>;

export function seatCalls(id: string, wiring: Wiring) {
  const { api } = wiring;
  const path = { id };
  const learned = async (asked: Promise<Agreement>): Promise<Agreement> => {
    const agreement = await asked;
    wiring.agreement(agreement);
    return agreement;
  };
  return {
    addMinutes: async (body: NewEntry, header: Intention): Promise<MinutesEntry> => {
      const entry = await unwrap<MinutesEntry>(api.POST('/api/v1/sessions/{id}/minutes', { body, params: { path, header } }));
      wiring.entry(entry);
      return entry;
    },
    agreement: () => learned(unwrap(api.GET('/api/v1/sessions/{id}/agreement', { params: { path } }))),
    addClause: (text: string, header: Intention) =>
      learned(unwrap(api.POST('/api/v1/sessions/{id}/agreement/clauses', { body: { text }, params: { path, header } }))),
    editClause: (clause: string, text: string, version: number) =>
      learned(unwrap(api.PUT('/api/v1/sessions/{id}/agreement/clauses/{clause}', { body: { text, version }, params: { path: { id, clause } } }))),
    removeClause: (clause: string, version: number) =>
      learned(unwrap(api.DELETE('/api/v1/sessions/{id}/agreement/clauses/{clause}', { params: { path: { id, clause }, query: { version } } }))),
    freeze: (version: number) => learned(unwrap(api.POST('/api/v1/sessions/{id}/agreement/freeze', { body: { version }, params: { path } }))),
    reopen: (reason: string) => learned(unwrap(api.POST('/api/v1/sessions/{id}/agreement/reopen', { body: { reason }, params: { path } }))),
    page: async (page: number): Promise<Blob> => bytes(`/api/v1/sessions/${id}/agreement/pages/${page}`, await wiring.token()),
    sendCode: () => unwrap<SentCode>(api.POST('/api/v1/sessions/{id}/agreement/code', { body: {}, params: { path } })),
    sign: (body: Signature) => learned(unwrap(api.POST('/api/v1/sessions/{id}/agreement/sign', { body, params: { path } }))),
  };
}
