import { describe, expect, it } from 'vitest';
import { verdict, type Found } from './verdict';
import { onlyWay } from './ways';

const well: Found = {
  server: true, wire: true, ways: { udp: 'well', tcp: 'well', relay: 'absent' }, measured: { up: 1_200_000, down: 900_000, loss: 0, trip: 40 },
};

describe('the verdict of the connection test', () => {
  it('is good when everything is', () => expect(verdict(well)).toBe('good'));
  it('names the first thing that is missing', () => {
    expect(verdict({ ...well, server: false, wire: false })).toBe('offline');
    expect(verdict({ ...well, wire: false })).toBe('wire');
    expect(verdict({ ...well, ways: { udp: 'blocked', tcp: 'blocked', relay: 'absent' } })).toBe('blocked');
  });
  it('is fair over TCP or a relay alone', () => {
    expect(verdict({ ...well, ways: { udp: 'blocked', tcp: 'well', relay: 'absent' } })).toBe('fair');
    expect(verdict({ ...well, ways: { udp: 'blocked', tcp: 'blocked', relay: 'well' } })).toBe('fair');
  });
  it('is weak where only a voice gets through', () => {
    expect(verdict({ ...well, measured: { up: 80_000, down: 900_000, loss: 0, trip: 40 } })).toBe('weak');
    expect(verdict({ ...well, measured: { up: 900_000, down: 900_000, loss: 0.3, trip: 40 } })).toBe('weak');
  });
});

describe('one way of an answer', () => {
  const answer = ['v=0', 'a=candidate:1 1 udp 2130706431 192.0.2.1 7882 typ host', 'a=candidate:2 1 tcp 1671430143 192.0.2.1 7881 typ host tcptype passive', 'a=end-of-candidates', ''].join('\r\n');
  it('keeps the candidates of that way and nothing else changes', () => {
    expect(onlyWay(answer, 'tcp')).toBe(answer.replace(/a=candidate:1.*\r\n/, ''));
    expect(onlyWay(answer, 'udp')).toBe(answer.replace(/a=candidate:2.*\r\n/, ''));
  });
  it('a relay speaks UDP to the server', () => expect(onlyWay(answer, 'relay')).toBe(onlyWay(answer, 'udp')));
});
