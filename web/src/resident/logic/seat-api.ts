//! The HTTP calls of a resident: the door (by link token) and the papers (by seat token).
import type { Agreement, Door, Entry, JoinRequest, MinutesEntry, Stance, Stroke } from '@/shared/api/contract';
import { createApi, intention, Problem, unwrap } from '@/shared/api/http';

export interface CodeSent { sent_to: string; expires_in: number; demo_code: string | null }
export interface AgreementText { paragraphs: string[]; text_sha256: string }
export interface Signature { text_sha256: string; strokes: Stroke[]; width: number; height: number; code: string }

/** What the link itself allows, before and at going in. */
export function doorApi(link: string) {
  const api = createApi();
  const path = `/api/v1/join/${encodeURIComponent(link)}` as const;
  return {
    door: () => unwrap<Door>(api.GET(path)),
    join: (body: JoinRequest) => unwrap<Entry>(api.POST(path, { body })),
    refuse: (reason: string) => unwrap<void>(api.POST(`${path}/refuse`, { body: reason ? { reason } : {} })),
    reschedule: (message: string) => unwrap<void>(api.POST(`${path}/reschedule`, { body: { message } })),
  };
}

/** What the seat allows, once in. `token` gives a valid seat token; `renew` fetches a new one after a 401. */
export function seatApi(sessionId: string, token: () => Promise<string>, renew: () => Promise<boolean>) {
  const api = createApi({ token, renew });
  const session = `/api/v1/sessions/${sessionId}` as const;
  const agreement = `${session}/agreement` as const;
  const blob = async (path: `/api/${string}`): Promise<Blob> => {
    const answer = await api.GET(path, { parseAs: 'blob' });
    return unwrap<Blob>(Promise.resolve(answer));
  };
  return {
    agreement: () => unwrap<Agreement>(api.GET(agreement)),
    stance: (clause: string, stance: Stance, version: number) => unwrap<Agreement>(api.PUT(`${agreement}/clauses/${clause}/stance`, { body: { stance, version } })),
    text: () => unwrap<AgreementText>(api.GET(`${agreement}/text`)),
    page: (number: number) => blob(`${agreement}/pages/${number}`),
    code: () => unwrap<CodeSent>(api.POST(`${agreement}/code`, { body: {} })),
    sign: (signature: Signature) => unwrap<Agreement>(api.POST(`${agreement}/sign`, { body: signature, params: { header: intention() } })),
    minutes: () => unwrap<{ items: MinutesEntry[] }>(api.GET(`${session}/minutes`)),
    confirm: (entry: string, ok: boolean, remark?: string) => unwrap<MinutesEntry>(api.POST(`${session}/minutes/${entry}/confirm`, { body: { ok, ...(remark ? { remark } : {}) } })),
    document: (id: string) => blob(`/api/v1/documents/${id}`),
  };
}

export type SeatApi = ReturnType<typeof seatApi>;
export { Problem };
