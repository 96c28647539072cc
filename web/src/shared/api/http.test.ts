//! How answers become values and problems.
import { describe, expect, it } from 'vitest';
import { createApi, Problem, unwrap } from './http';

const json = (status: number, body: unknown) => new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } });
const answering = (...answers: Response[]) => {
  const seen: Request[] = [];
  const fetch = (async (request: Request) => {
    seen.push(request);
    return answers.shift() ?? json(500, {});
  }) as unknown as typeof globalThis.fetch;
  return { fetch, seen };
};

describe('http', () => {
  it('gives the body of a good answer and sends the token', async () => {
    const { fetch, seen } = answering(json(200, { name: '林岚' }));
    const api = createApi({ fetch, token: () => 'secret', baseUrl: 'http://door' });
    expect(await unwrap(api.GET('/api/v1/me'))).toEqual({ name: '林岚' });
    expect(seen[0]?.headers.get('Authorization')).toBe('Bearer secret');
  });

  it('throws the code of a problem', async () => {
    const { fetch } = answering(json(409, { code: 'clause_changed', params: { version: 3 } }));
    const asked = unwrap(createApi({ fetch, baseUrl: 'http://door' }).GET('/api/v1/x'));
    await expect(asked).rejects.toMatchObject({ code: 'clause_changed', status: 409, params: { version: 3 } });
  });

  it('renews once after 401 and repeats the request with its body', async () => {
    const { fetch, seen } = answering(json(401, {}), json(200, { ok: true }));
    let token = 'old';
    const api = createApi({ fetch, baseUrl: 'http://door', token: () => token, renew: async () => ((token = 'new'), true) });
    expect(await unwrap(api.POST('/api/v1/x', { body: { a: 1 } }))).toEqual({ ok: true });
    expect(seen.map((request) => request.headers.get('Authorization'))).toEqual(['Bearer old', 'Bearer new']);
    expect(await seen[1]?.json()).toEqual({ a: 1 });
  });

  it('says offline when no answer comes', async () => {
    const fetch = (async () => { throw new TypeError('Failed to fetch'); }) as unknown as typeof globalThis.fetch;
    await expect(unwrap(createApi({ fetch, baseUrl: 'http://door' }).GET('/api/v1/x'))).rejects.toMatchObject({ code: 'offline' });
  });

  it('keeps a Problem a Problem', () => expect(Problem.of(new Problem('x', 400)).code).toBe('x'));
});
