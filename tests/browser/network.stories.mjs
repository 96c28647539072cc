// Stories on bad networks, told the same way in CI (short) and by `node faults.mjs` (long): real livekit-client in
// Chromium, server and people in namespaces of their own. Each answers its figures.
import { Network } from './network.mjs';
import { openSeat, pause, siteInHand, startChromium, startServer, until } from './wire.bench.mjs';

/** Lin Lan on a good line, Zhao on the one that is told to be bad; both publish and see each other. */
export class Story {
  static async begin() {
    const story = new Story();
    story.net = Network.lay();
    try {
      story.server = await startServer(story.net.address, { inside: (...words) => story.net.inside(...words), steer: story.net.steer });
      story.site = await siteInHand();
      [story.good, story.bad] = [await story.net.place(1), await story.net.place(2)];
      story.browsers = await Promise.all([story.good, story.bad].map((place) => startChromium({ place })));
      story.lin = await openSeat(story.browsers[0], story.site, 'lin');
      story.zhao = await openSeat(story.browsers[1], story.site, 'zhao');
      return story;
    } catch (error) {
      await story.end();
      throw error;
    }
  }

  async end() {
    await Promise.allSettled((this.browsers ?? []).map((browser) => browser.close()));
    await this.server?.stop();
    await this.net.clear();
  }

  async together(room, how = {}) {
    await this.bad.terms();
    for (const seat of [this.lin, this.zhao]) {
      const token = await this.server.call('GET', `/token?room=${room}&identity=${seat.identity}`);
      await seat.call('join', this.server.url, token, true, how);
    }
    await this.lin.call('firstFrame', 'zhao', 0);
    await this.zhao.call('firstFrame', 'lin', 0);
  }

  async apart() {
    await this.bad.terms();
    await Promise.all([this.lin, this.zhao].map((seat) => seat.call('leave')));
  }

  /** Sound heard both ways for `seconds`: the share that was invented, and frames a second. */
  async listen(seconds) {
    const ways = [[this.lin, 'zhao'], [this.zhao, 'lin']];
    const count = () => Promise.all(ways.map(async ([seat, who]) => {
      const sound = await seat.call('received', who, 'audio');
      return { ...sound, frames: await seat.call('frames', who) };
    }));
    const before = await count();
    await pause(seconds * 1000);
    const after = await count();
    return Object.fromEntries(ways.map(([seat, who], n) => {
      const since = (key) => (after[n][key] ?? 0) - (before[n][key] ?? 0);
      return [`${who} → ${seat.identity}`, {
        concealed: round(100 * since('concealedSamples') / Math.max(1, since('totalSamplesReceived'))),
        packets: since('packetsReceived'), lost: since('packetsLost'), resent: since('retransmittedPacketsReceived'), fec: since('fecPacketsReceived'),
        delay: round(1000 * since('jitterBufferDelay') / Math.max(1, since('jitterBufferEmittedCount'))), frames: round(since('frames') / seconds),
      }];
    }));
  }

  /** Whether anybody was dropped or had to join anew since `at`. */
  async dropped() {
    const all = await Promise.all([this.lin, this.zhao].map((seat) => seat.call('timeline')));
    return all.flat().filter((one) => ['Disconnected', 'ParticipantDisconnected', 'Reconnecting'].includes(one.event)).map((one) => `${one.event} ${one.who ?? ''}`.trim());
  }
}

const round = (value) => Math.round(value * 10) / 10;
/** Delay and jitter as `netem delay 100ms 80ms`: each packet takes 20 to 180 ms, in whatever order that gives. */
export const LOSSY = { loss: 0.2, delay: 100, jitter: 80 };

/** 20 % loss and 80 ms jitter on all that Zhao sends and receives. */
export async function lossy(story, seconds) {
  await story.together('lossy');
  const control = await story.listen(3);
  await story.bad.terms(LOSSY);
  await pause(5_000); // the jitter buffer learns
  const found = await story.listen(seconds);
  const wire = await story.bad.terms();
  await story.apart();
  return { control, found, wire };
}

/** 30 % loss: nobody is dropped. */
export async function harsh(story, seconds) {
  await story.together('harsh');
  await story.bad.terms({ loss: 0.3, delay: 30, jitter: 10 });
  const found = await story.listen(seconds);
  const dropped = await story.dropped();
  await story.apart();
  return { found, dropped };
}

/** The way to Zhao narrows to 400 kbit/s, then is wide again: the voice stays, the picture shrinks or pauses, and returns. */
export async function narrow(story, seconds, patience = 90_000) {
  await story.together('narrow', { room: { adaptiveStream: false, dynacast: true, videoCaptureDefaults: { resolution: { width: 1280, height: 720, frameRate: 25 } } } });
  await pause(8_000);
  const wide = await story.zhao.call('received', 'lin', 'video');
  await story.bad.terms({}, { rate: 400_000, delay: 20, queue: 300 });
  await pause(15_000); // the estimate follows
  const found = await story.listen(seconds);
  const tight = await story.zhao.call('received', 'lin', 'video');
  const began = Date.now();
  const heights = [];
  await story.bad.terms();
  const back = await until('the picture is large again', async () => {
    const now = await story.zhao.call('received', 'lin', 'video');
    if (now.frameHeight !== heights.at(-1)?.[1]) heights.push([Math.round((Date.now() - began) / 100) / 10, now.frameHeight]);
    return now.frameHeight >= wide.frameHeight && now;
  }, patience).then(() => (Date.now() - began) / 1000, () => null);
  const streams = (await story.zhao.call('timeline')).filter((one) => one.event === 'Stream').map((one) => one.state);
  await story.apart();
  return { wide: wide.frameHeight, tight: tight.frameHeight, found, back, heights, streams };
}

/** Zhao's link is down for `down` seconds, then another network is there. Milliseconds from the link to the media, both ways. */
export async function away(story, rounds, down = 10) {
  await story.together('away', { patient: true });
  const times = [];
  for (let n = 0; n < rounds; n += 1) {
    await pause(1_000);
    story.bad.cut();
    await pause(down * 1000);
    const since = await Promise.all([story.lin, story.zhao].map((seat) => seat.call('now')));
    const sound = await Promise.all([[story.lin, 'zhao'], [story.zhao, 'lin']].map(([seat, who]) => heard(seat, who)));
    story.bad.mend();
    const waits = [[story.lin, 'zhao'], [story.zhao, 'lin']].map(([seat, who], at) => media(seat, who, since[at], sound[at]));
    times.push((await Promise.all(waits)).map(Math.round));
  }
  const events = (await story.zhao.call('timeline')).map((one) => one.event);
  await story.apart();
  const worst = times.map((both) => Math.max(...both)).sort((a, b) => a - b);
  return { times, within5: worst.filter((ms) => ms <= 5000).length, median: worst[Math.floor(worst.length / 2)], worst: worst.at(-1), events };
}

const heard = async (seat, who) => (await seat.call('received', who, 'audio').catch(() => ({}))).packetsReceived ?? 0;

/** Milliseconds since `since` until frames of `who` move again and its sound comes in. */
async function media(seat, who, since, packets) {
  const frames = await seat.call('frames', who);
  await until(`${seat.identity} sees ${who} move again`, async () => (await seat.call('frames', who)) > frames + 2, 60_000);
  await until(`${seat.identity} hears ${who} again`, async () => { const now = await heard(seat, who); return now !== packets && now > 0; }, 60_000);
  return (await seat.call('now')) - since;
}
