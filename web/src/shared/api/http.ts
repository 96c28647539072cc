//! One way to speak HTTP: an openapi-fetch client, answers unwrapped, every "no" thrown as a `Problem` with a stable code.
import createClient, { type Client } from 'openapi-fetch';
import type { paths } from './paths';

/** RFC 9457 problem+json, or what stands in for it when no answer came (`offline`, `timeout`). */
export class Problem extends Error {
  constructor(
    readonly code: string,
    readonly status: number,
    readonly params: Record<string, string | number> = {},
    readonly detail?: string,
  ) {
    super(`${status} ${code}`);
    this.name = 'Problem';
  }

  /** Any thrown thing as a Problem, for showing. */
  static of(thrown: unknown): Problem {
    if (thrown instanceof Problem) return thrown;
    if (thrown instanceof DOMException && (thrown.name === 'TimeoutError' || thrown.name === 'AbortError')) return new Problem('timeout', 0);
    if (thrown instanceof TypeError) return new Problem('offline', 0);
    return new Problem('unknown', 0, {}, String(thrown));
  }
}

export type Api<Paths extends object = paths> = Client<Paths>;

export interface ApiOptions {
  /** The access token for each request, or nothing for open endpoints. */
  token?: () => string | null | Promise<string | null>;
  /** Called once when a request was answered 401; return true when a new token is there and the request may be repeated. */
  renew?: () => Promise<boolean>;
  /** The seat that holds the phone, where several people sit at it and it is not the phone's own. */
  holder?: () => string | null;
  fetch?: typeof fetch;
  baseUrl?: string;
}

const PATIENCE_MS = 20_000;

/** `Paths`: the generated ones of `./schema` for calls checked against the server, or any path by default. */
export function createApi<Paths extends object = paths>(options: ApiOptions = {}): Api<Paths> {
  const send = options.fetch ?? ((input: RequestInfo | URL, init?: RequestInit) => globalThis.fetch(input, init));
  const authorised = async (request: Request): Promise<Response> => {
    const token = await options.token?.();
    if (token) request.headers.set('Authorization', `Bearer ${token}`);
    const holder = options.holder?.();
    if (holder) request.headers.set('X-OneDoor-Seat', holder);
    return send(request, { signal: AbortSignal.any?.([request.signal, AbortSignal.timeout(PATIENCE_MS)]) ?? request.signal });
  };
  return createClient<Paths>({
    baseUrl: options.baseUrl ?? globalThis.location?.origin ?? '',
    credentials: 'same-origin',
    fetch: async (request) => {
      const spare = request.clone();
      const response = await authorised(request);
      if (response.status === 401 && options.renew && (await options.renew())) return authorised(spare);
      return response;
    },
  });
}

interface Answer { data?: unknown; error?: unknown; response: Response }

/** The body of a good answer; a Problem is thrown for every other. */
export async function unwrap<T>(asked: Promise<Answer>): Promise<T> {
  let answer: Answer;
  try {
    answer = await asked;
  } catch (thrown) {
    throw Problem.of(thrown);
  }
  if (answer.response.ok) return answer.data as T;
  const body = (typeof answer.error === 'object' && answer.error !== null ? answer.error : {}) as Record<string, unknown>;
  const code = typeof body['code'] === 'string' ? body['code'] : codeOfStatus(answer.response.status);
  throw new Problem(code, answer.response.status, body['params'] as Record<string, string | number> | undefined, body['detail'] as string | undefined);
}

function codeOfStatus(status: number): string {
  const known: Record<number, string> = { 401: 'unauthenticated', 403: 'forbidden', 404: 'not_found', 413: 'payload_too_large', 429: 'too_many_requests' };
  return known[status] ?? (status >= 500 ? 'internal' : 'unknown');
}

/** A fresh `Idempotency-Key` header: make it once per intention, so that a repeated tap creates one thing. */
export function intention(): { 'Idempotency-Key': string } {
  return { 'Idempotency-Key': newId() };
}

function newId(): string {
  if (typeof crypto.randomUUID === 'function') return crypto.randomUUID();
  // randomUUID needs a secure context; a phone on a plain-http test network has none.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
