//! Handing in a paper: one request with a file, its progress told as it goes. `XMLHttpRequest`, for `fetch` does not say how
//! much of a body has left.
import { intention, Problem } from '../api/http';
import type { PaperScope } from '../api/contract';

/** What the server takes at most, told before a phone sends it all. */
export const MOST_BYTES = 20 * 1024 * 1024;
export const ACCEPTED = 'image/jpeg,image/png,image/webp,application/pdf';

export interface HandIn {
  session: string;
  token: () => Promise<string>;
  file: File;
  scope: PaperScope;
  /** The same for every try of one wish: handed in twice, it is there once. */
  key: ReturnType<typeof intention>;
  /** 0 to 1; at 1 the server looks at it. */
  progress: (part: number) => void;
}

export const newKey = intention;

/** Answers which paper it became. */
export async function handIn({ session, token, file, scope, key, progress }: HandIn): Promise<string> {
  const request = new XMLHttpRequest();
  request.open('POST', `/api/v1/sessions/${session}/papers`);
  request.setRequestHeader('Authorization', `Bearer ${await token()}`);
  for (const [name, value] of Object.entries(key)) request.setRequestHeader(name, value);
  const form = new FormData();
  form.append('scope', scope);
  form.append('file', file, file.name);
  request.upload.onprogress = (event) => event.lengthComputable && progress(event.loaded / event.total);
  return new Promise((resolve, reject) => {
    request.onload = () => {
      if (request.status < 300) return resolve((JSON.parse(request.responseText) as { id: string }).id);
      let body: { code?: string; params?: Record<string, string | number> } = {};
      try { body = JSON.parse(request.responseText) as typeof body; } catch { /* no problem+json: the status must do */ }
      reject(new Problem(body.code ?? 'unknown', request.status, body.params));
    };
    request.onerror = () => reject(new Problem('connection_lost', 0));
    request.send(form);
  });
}

/** A page's picture, for who has this token. */
export async function paperPage(paper: string, page: number, token: string): Promise<Blob> {
  const answer = await fetch(`/api/v1/papers/${paper}/pages/${page}`, { headers: { Authorization: `Bearer ${token}` } });
  if (!answer.ok) throw new Problem('unknown', answer.status);
  return answer.blob();
}
