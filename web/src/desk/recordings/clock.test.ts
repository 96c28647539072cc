import { describe, expect, it, vi } from 'vitest';
import { hold, lengthOf, pauseAt, spoken, type Player } from './clock';

const player = (extra: Partial<Player> = {}): Player => ({ currentTime: 0, playbackRate: 1, paused: true, play: vi.fn(async () => undefined), pause: vi.fn(), ...extra });

describe('the clock of a playback', () => {
  it('starts a track when its time comes and not before', () => {
    const slave = { player: player(), offset: 2000, length: 5000 };
    hold(slave, 1500, true, 1);
    expect(slave.player.play).not.toHaveBeenCalled();
    hold(slave, 3000, true, 1);
    expect(slave.player.play).toHaveBeenCalled();
    expect(slave.player.currentTime).toBe(1);
  });
  it('leaves a track that is nearly right alone, and stops one that is over', () => {
    const near = { player: player({ currentTime: 1.1, paused: false }), offset: 0, length: 5000 };
    hold(near, 1000, true, 1);
    expect(near.player.currentTime).toBe(1.1);
    hold(near, 6000, true, 1);
    expect(near.player.pause).toHaveBeenCalled();
  });
  it('knows pauses, speech and lengths', () => {
    expect(pauseAt([{ from_ms: 10, to_ms: 20 }, { from_ms: 30, to_ms: null }], 15)?.to_ms).toBe(20);
    expect(pauseAt([{ from_ms: 30, to_ms: null }], 99)).not.toBeNull();
    expect(spoken([{ speech: [[0, 5], [7, 9]] }, { speech: [] }])).toBe(7);
    expect([lengthOf(3_909_000), lengthOf(247_000)]).toEqual(['1:05:09', '4:07']);
  });
});
