// The stage of a journey: a demo server of its own, Chromium, and people who open doors like people do.
// Nothing here knows what a journey is about; waiting is always for something that shows, never for a while.
import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import net from 'node:net';
import dgram from 'node:dgram';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { chromium } from 'playwright-core';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const binary = process.env.ONEDOOR_BIN ?? path.join(root, 'target/debug/onedoor');
/** Where screenshots go; look at them. */
export const shots = path.join(root, 'tests/shots');

const FLAGS = [
  '--no-sandbox', '--disable-quic', '--disable-background-networking', '--no-first-run', '--disable-component-update', '--disable-sync',
  '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream', '--autoplay-policy=no-user-gesture-required',
];
export const DESK = { width: 1366, height: 768 };
export const PHONE = { width: 390, height: 844 };

/** Waits until `ask` answers something true; the error names what was waited for. */
export async function until(what, ask, patience = 15_000) {
  const end = Date.now() + patience;
  let last;
  while (Date.now() < end) {
    try {
      last = await ask();
      if (last) return last;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`waited ${patience} ms in vain for ${what}; last: ${last}`);
}

function free(port, kind) {
  return new Promise((resolve) => {
    if (kind === 'udp') {
      const socket = dgram.createSocket('udp4');
      socket.once('error', () => resolve(false)).bind(port, '127.0.0.1', () => socket.close(() => resolve(true)));
    } else {
      const server = net.createServer();
      server.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
    }
  });
}

/** A port whose two neighbours are free as well: HTTP, ICE-TCP, media. */
async function freePorts() {
  for (let tries = 0; tries < 100; tries += 1) {
    // Below the range the kernel hands out to others (ip_local_port_range begins at 32768).
    const port = 20_000 + Math.floor(Math.random() * 4_000) * 3;
    if (await free(port, 'tcp') && await free(port + 1, 'tcp') && await free(port + 2, 'udp')) return port;
  }
  throw new Error('no three free ports in a row');
}

/** `onedoor demo` with a fresh data folder on ports of its own. */
export class Server {
  static async start(...flags) {
    if (!existsSync(binary)) throw new Error(`${binary} is missing: cargo build --workspace --bins`);
    const data = await mkdtemp(path.join(os.tmpdir(), 'onedoor-journey-'));
    const server = new Server(data, await freePorts(), flags);
    await server.begin();
    return server;
  }

  /** The same in a made network (`network.mjs`), where people reach it at the network's address. */
  static async startIn(net, settings = {}, ...flags) {
    const server = new Server(await mkdtemp(path.join(os.tmpdir(), 'onedoor-journey-')), 7880, ['--lan', ...flags]);
    Object.assign(server, { net, settings, url: `http://${net.address}:7880`, steer: `http://${net.steer}:7880` });
    await server.begin();
    return server;
  }

  constructor(data, port, flags) {
    Object.assign(this, { binary, data, port, flags, url: `http://localhost:${port}`, log: '', settings: {} });
  }

  async begin() {
    const words = [binary, 'demo', '--port', String(this.port), ...this.flags];
    const [program, all] = this.net ? this.net.inside(...words) : [words[0], words.slice(1)];
    this.child = spawn(program, all, {
      cwd: root,
      env: { ...process.env, ONEDOOR__DATA_DIR: this.data, ONEDOOR__DOCUMENTS__FONTS: path.join(root, 'data/fonts'), ...this.settings },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const keep = (chunk) => { this.log = (this.log + chunk).slice(-200_000); };
    this.child.stdout.on('data', keep);
    this.child.stderr.on('data', keep);
    this.ended = new Promise((resolve) => { this.child.once('exit', resolve); });
    await until(`the server on ${this.url}`, async () => {
      if (this.child.exitCode !== null || this.child.signalCode !== null) return 'ended';
      return (await fetch(`${this.steer ?? this.url}/readyz`)).ok && 'ready';
    }, 60_000).then((how) => { if (how === 'ended') throw new Error(`the server ended before it was ready:\n${this.log}`); });
    this.demo = JSON.parse(await readFile(path.join(this.data, 'demo/demo.json'), 'utf8'));
  }

  /** Ends it at once, without a word: what a power cut leaves is all there is. */
  async kill() {
    this.child.kill('SIGKILL');
    await this.ended;
  }

  async restart() {
    await this.kill();
    await this.begin();
  }

  async stop() {
    this.child.kill('SIGTERM');
    await this.ended;
    await rm(this.data, { recursive: true, force: true });
  }
}

/** The drawn person of the demo's clips as what every camera sees: a face, so that screenshots show what people would. */
async function face() {
  const file = path.join(await mkdtemp(path.join(os.tmpdir(), 'onedoor-face-')), 'face.mjpeg');
  const clip = path.join(root, 'signaling/participant/assets/lawyer.ivf');
  await promisify(execFile)('ffmpeg', ['-loglevel', 'error', '-i', clip, '-vf', 'scale=640:480', '-q:v', '4', file]);
  return file;
}

/** `place`: one of a made network, in which the browser lives; `secure`: an address whose pages may use the camera. */
export async function startChromium({ place, secure } = {}) {
  const executablePath = place?.door('/usr/bin/chromium') ?? '/usr/bin/chromium';
  const more = secure ? [`--unsafely-treat-insecure-origin-as-secure=${secure}`] : [];
  return chromium.launch({ executablePath, args: [...FLAGS, ...more, `--use-file-for-fake-video-capture=${await face()}`] });
}

/** Somebody with a browser of their own: no cookie or storage is shared. */
export class Person {
  static async arrive(browser, name, viewport, options = {}) {
    const context = await browser.newContext({
      viewport, locale: 'zh-CN', permissions: ['camera', 'microphone'], hasTouch: viewport.width < 600, isMobile: viewport.width < 600, ...options,
    });
    const page = await context.newPage();
    const person = new Person(name, context, page);
    page.on('pageerror', (error) => person.faults.push(String(error)));
    return person;
  }

  constructor(name, context, page) {
    Object.assign(this, { name, context, page, faults: [] });
  }

  see(testid) { return this.page.getByTestId(testid).first(); }
  async tap(testid) { await this.see(testid).click({ timeout: 15_000 }).catch((error) => this.stuck(`tap ${testid}`, error)); }
  async waitFor(testid, patience = 15_000) {
    await this.see(testid).waitFor({ state: 'visible', timeout: patience }).catch((error) => this.stuck(`see ${testid}`, error));
  }
  /** The error of somebody who cannot go on, with a picture of where. */
  async stuck(wish, error) {
    await this.shoot(`stuck-${this.name}`);
    throw new Error(`${this.name} cannot ${wish}: ${error.message}\n${this.faults.join('\n')}`);
  }
  /** Nothing of the kind is on this person's screen. */
  async expectNothing(testid) {
    const seen = await this.page.getByTestId(testid).filter({ visible: true }).count();
    if (seen > 0) throw new Error(`${this.name} must not see ${testid}`);
  }

  async shoot(name) {
    await mkdir(shots, { recursive: true });
    await this.page.screenshot({ path: path.join(shots, `${name}.png`) });
  }

  /** Ids of people whose tracks are subscribed now. */
  people() { return this.page.evaluate(() => window.__onedoor?.people() ?? []); }
  stats() { return this.page.evaluate(() => window.__onedoor?.stats() ?? []); }
  marks() { return this.page.evaluate(() => ({ ...window.__onedoor?.marks, firstFrame: { ...window.__onedoor?.firstFrame } })); }

  /** Waits until a moving, coloured picture of `identity` is on a canvas drawn from its video element. */
  async sees(identity) {
    await until(`${this.name} to see ${identity}`, () => this.page.evaluate(async (who) => {
      if (window.__onedoor?.firstFrame[who] === undefined) return false;
      const videos = [...document.querySelectorAll('video')].filter((video) => video.videoWidth > 0 && !video.paused);
      const look = (video) => {
        const canvas = Object.assign(document.createElement('canvas'), { width: 32, height: 24 });
        const pen = canvas.getContext('2d', { willReadFrequently: true });
        pen.drawImage(video, 0, 0, 32, 24);
        const { data } = pen.getImageData(0, 0, 32, 24);
        let sum = 0;
        for (let n = 0; n < data.length; n += 4) sum += data[n] + data[n + 1] + data[n + 2];
        return sum / (data.length / 4 * 3);
      };
      const stats = await window.__onedoor.stats();
      const decoded = stats.find((one) => one.identity === who && one.kind === 'video')?.framesDecoded ?? 0;
      return decoded > 5 && videos.some((video) => look(video) > 10);
    }, identity), 20_000);
  }

  /** Waits until sound of `identity` above silence has been received. */
  async hears(identity) {
    const energy = async () => (await this.stats()).find((one) => one.identity === identity && one.kind === 'audio')?.totalAudioEnergy ?? 0;
    await until(`${this.name} to hear ${identity}`, async () => (await energy()) > 1e-4, 20_000);
  }

  /** Waits until nothing more of `identity` arrives, then makes sure of it for `time`: 0 further packets. */
  async noLongerReceives(identity, time = 1_000) {
    const packets = async () => (await this.stats()).filter((one) => one.identity === identity).reduce((sum, one) => sum + one.packetsReceived, 0);
    await until(`${identity} to be gone from ${this.name}`, async () => !(await this.people()).includes(identity));
    const before = await packets();
    await new Promise((resolve) => setTimeout(resolve, time));
    const after = await packets();
    if (after > before) throw new Error(`${this.name} received ${after - before} packets of ${identity} that are not for this seat`);
  }
}

/** Opens a personal link and walks to the waiting room: door, consents, device check. */
export async function walkIn(person, url, { shoot, asks = false, company = '' } = {}) {
  if (!asks) await putAway(person);
  const look = async (screen) => { if (shoot) await person.shoot(`${shoot}-${screen}`); };
  await person.page.goto(url);
  await person.waitFor('door');
  await look('1-door');
  await person.tap('door-enter');
  await person.waitFor('rights');
  for (const consent of ['consent-online_procedure', 'consent-e_signature']) {
    if (await person.see(consent).getAttribute('aria-checked') !== 'true') await person.tap(consent);
  }
  await person.tap(company ? 'company-family' : 'company-alone');
  if (company) await person.page.getByTestId('company-who').fill(company);
  await look('2-rights');
  await person.tap('consents-continue');
  await person.waitFor('devices');
  await until('the device check', () => person.see('device-continue').isEnabled());
  await look('3-devices');
  await person.tap('device-continue');
}

/** What the sitting asks of everybody (safety, the mediator's disclosure) is put away when it is in the way of a story. */
async function putAway(person) {
  await person.page.addInitScript(() => setInterval(() => {
    for (const [kind, button] of [['safety', 'safety-later'], ['conflict', 'ask-away']]) {
      document.querySelector(`[data-testid="ask"][data-kind="${kind}"] [data-testid="${button}"]`)?.click();
    }
  }, 100));
}

/** Does what R8 asks before the start: says it, checks who the people at the door are, and starts. */
export async function begin(mediator) {
  const ready = () => mediator.see('sitting-start').isEnabled();
  for (const item of ['rights_told', 'sham_warned', 'address_confirmed', 'no-conflict']) {
    const box = mediator.see(`opening-${item}`);
    if (await box.isVisible() && await box.isEnabled()) await box.click();
  }
  await until('the opening to be done', async () => {
    if (await ready()) return true;
    const check = mediator.page.locator('.before [data-testid^="identify-"]').first();
    if (await check.isVisible()) await check.click({ timeout: 2_000 }).catch(() => undefined);
    return ready();
  }, 20_000);
  await mediator.tap('sitting-start');
}

/** Gives each seat, by role, the id the mediator's corridor shows it under. */
export async function learnSeats(mediator, seats) {
  const chips = await mediator.page.locator('[data-testid^="seat-chip-"]').evaluateAll((all) => all.map((chip) => [chip.dataset.testid.slice('seat-chip-'.length), chip.textContent]));
  for (const seat of Object.values(seats)) seat.id = chips.find(([, words]) => words.includes(seat.name))?.[0] ?? seat.id;
}

/** A mediator at a desk and two parties on phones, walked in and waiting: the demo's first sitting. */
export async function atTheDoor(browser, server, walk = {}) {
  const [sitting] = server.demo.sessions;
  const seats = Object.fromEntries(['mediator', 'applicant', 'respondent'].map((role) => [role, sitting.seats.find((seat) => seat.role === role)]));
  const mediator = await Person.arrive(browser, 'mediator', DESK);
  const applicant = await Person.arrive(browser, 'applicant', PHONE);
  const respondent = await Person.arrive(browser, 'respondent', PHONE);
  await signIn(mediator, server, 'mediator', '/desk');
  await mediator.waitFor('today-session');
  await mediator.page.goto(seats.mediator.join_url);
  await mediator.waitFor('sitting-start');
  await learnSeats(mediator, seats);
  await Promise.all([walkIn(applicant, seats.applicant.join_url, walk), walkIn(respondent, seats.respondent.join_url, walk)]);
  await Promise.all([applicant.waitFor('waiting'), respondent.waitFor('waiting')]);
  return { seats, mediator, applicant, respondent };
}

/** Begins, and lets both parties in. */
export async function letIn({ seats, mediator, applicant, respondent }) {
  await begin(mediator);
  for (const who of ['applicant', 'respondent']) await mediator.tap(`admit-${seats[who].id}`);
  await Promise.all([applicant.waitFor('together'), respondent.waitFor('together')]);
}

/** Signs in at the desk. */
export async function signIn(person, server, role = 'mediator', path = '/desk') {
  const staff = server.demo.staff.find((one) => one.role === role);
  await person.page.goto(`${server.url}${path}`);
  await person.waitFor('login-username');
  await person.page.getByTestId('login-username').fill(staff.username);
  await person.page.getByTestId('login-password').fill(staff.password);
  await person.tap('login-submit');
}

/** Draws a signature on the pad: two strokes of several points. */
export async function draw(person) {
  const pad = person.see('sign-pad');
  await pad.scrollIntoViewIfNeeded();
  const box = await pad.boundingBox();
  const { mouse } = person.page;
  for (const [fx, fy, tx, ty] of [[0.2, 0.3, 0.5, 0.7], [0.45, 0.25, 0.8, 0.65]]) {
    await mouse.move(box.x + box.width * fx, box.y + box.height * fy);
    await mouse.down();
    await mouse.move(box.x + box.width * (fx + tx) / 2, box.y + box.height * (fy + ty) / 2 + 8, { steps: 6 });
    await mouse.move(box.x + box.width * tx, box.y + box.height * ty, { steps: 6 });
    await mouse.up();
  }
}
