//! What went wrong with a device, and whose settings to explain.
import { describe, expect, it } from 'vitest';
import { faultOf, platform } from './devices';

describe('devices', () => {
  it('names faults by what the user can do about them', () => {
    const named = (name: string) => faultOf(new DOMException('', name));
    expect([named('NotAllowedError'), named('NotFoundError'), named('NotReadableError'), faultOf('?')]).toEqual(['denied', 'missing', 'busy', 'unknown']);
  });

  it('tells WeChat from the browsers around it', () => {
    expect(platform('Mozilla/5.0 (Linux; Android 13; V2244A) MicroMessenger/8.0.50')).toBe('wechat');
    expect(platform('Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Safari')).toBe('ios');
    expect(platform('Mozilla/5.0 (Linux; Android 14; K) Chrome/130')).toBe('android');
    expect(platform('Mozilla/5.0 (X11; Linux x86_64) Chrome/130')).toBe('desktop');
  });
});
