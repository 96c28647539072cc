//! Who is signed in at this desk.
//!
//! The access token lives in memory only; the refresh token is an HttpOnly cookie this code never sees. The server
//! rotates it and revokes the family when an old one comes twice, so tabs refresh one after the other (Web Locks):
//! the second tab then sends the new cookie.
import { computed, ref } from 'vue';
import type { Login, Staff } from '@/shared/api/contract';
import { createApi, Problem, unwrap } from '@/shared/api/http';

const open = createApi();
const current = ref<Login | null>(null);
let timer: ReturnType<typeof setTimeout> | undefined;
let refreshing: Promise<boolean> | null = null;

export const signedIn = computed(() => current.value !== null);
export const staff = computed<Staff | null>(() => current.value?.staff ?? null);
export const accessToken = (): string | null => current.value?.access_token ?? null;

function take(login: Login): void {
  current.value = login;
  // A minute before the end, or half-way for very short tokens.
  again(Math.max(login.expires_in - 60, login.expires_in / 2));
}

function again(seconds: number): void {
  clearTimeout(timer);
  timer = setTimeout(() => void restore(), seconds * 1000);
}

function forget(): void {
  current.value = null;
  clearTimeout(timer);
}

export async function signIn(username: string, password: string): Promise<void> {
  take(await unwrap<Login>(open.POST('/api/v1/login', { body: { username, password } })));
}

/** Comes back by the cookie: on a reload, and silently before the token ends. False when one must sign in again. */
export function restore(): Promise<boolean> {
  refreshing ??= inTurn(refresh).finally(() => (refreshing = null));
  return refreshing;
}

// Locks exist in secure contexts only; on plain http in a test network two tabs may refresh at once.
async function inTurn(work: () => Promise<boolean>): Promise<boolean> {
  if (!('locks' in navigator)) return work();
  const done: boolean = await navigator.locks.request('onedoor-login-refresh', work);
  return done;
}

async function refresh(): Promise<boolean> {
  try {
    take(await unwrap<Login>(open.POST('/api/v1/login/refresh', {})));
    return true;
  } catch (error) {
    if (Problem.of(error).status >= 400 && Problem.of(error).status < 500) {
      forget();
      return false;
    }
    // The server or the network is away: keep what we have and try again soon.
    if (current.value !== null) again(10);
    return current.value !== null;
  }
}

export async function signOut(everywhere = false): Promise<void> {
  const headers = { Authorization: `Bearer ${accessToken() ?? ''}` };
  try {
    await unwrap(open.POST(everywhere ? '/api/v1/logout/everywhere' : '/api/v1/logout', { headers }));
  } finally {
    forget();
  }
}
