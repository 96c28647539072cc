//! The differences between browsers that livekit-client wants levelled (`webrtc-adapter`, 12.6 KB gzip). Chromium of 2023 and
//! later needs nothing of it, so most phones (WeChat's Android web view too) never load it; all others do, beside the library.

/** `Array.prototype.toSorted` came with Chromium 110; the adapter mends nothing there since. */
export function needsAdapter(userAgent: string, recent = 'toSorted' in Array.prototype): boolean {
  return !(recent && /Chrome\//.test(userAgent));
}

export async function levelBrowsers(): Promise<void> {
  if (needsAdapter(navigator.userAgent)) await import('webrtc-adapter');
}
