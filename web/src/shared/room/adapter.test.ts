//! Who loads the adapter: whoever may need it, and nobody else.
import { describe, expect, it } from 'vitest';
import { needsAdapter } from './adapter';

describe('adapter', () => {
  it('is for Safari, Firefox and old web views, not for Chromium of today', () => {
    const chromium = 'Mozilla/5.0 (Linux; Android 14; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36';
    expect(needsAdapter(chromium, true)).toBe(false);
    expect(needsAdapter('Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0', true)).toBe(true);
    expect(needsAdapter(chromium.replace('130', '89'), false)).toBe(true);
    expect(needsAdapter('Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Mobile/15E148 Safari/604.1', true)).toBe(true);
  });
});
