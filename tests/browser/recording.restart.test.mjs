// The server is killed in the middle of a sitting that is recorded: without a tap everybody sees and hears each other
// again, what was recorded is closed and plays, and the recording goes on by itself, in one of its own.
import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { DESK, Person, Server, signIn, startChromium, until, walkIn, learnSeats, begin } from './stage.mjs';

let server, browser, seats, mediator, applicant, caseId;

before(async () => {
  browser = await startChromium();
  server = await Server.start();
  const [sitting] = server.demo.sessions;
  caseId = sitting.case_id;
  seats = Object.fromEntries(['mediator', 'applicant'].map((role) => [role, sitting.seats.find((seat) => seat.role === role)]));
  mediator = await Person.arrive(browser, 'mediator', DESK);
  applicant = await Person.arrive(browser, 'applicant', { width: 360, height: 740 });
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const mark = (person, state, patience) => until(`${person.name} sees ${state}`, async () => (await person.page.locator('[data-testid="recording"]').first().getAttribute('data-state', { timeout: 1000 })) === state, patience);

/** Pictures decoded and packets of sound received of somebody; numbers begin anew with each connection. */
async function received(person, identity) {
  const all = (await person.stats()).filter((one) => one.identity === identity);
  return [all.find((one) => one.kind === 'video')?.framesDecoded ?? 0, all.find((one) => one.kind === 'audio')?.packetsReceived ?? 0];
}

/** Waits until picture and sound of somebody move on a connection of after `began`; answers when that was. */
async function back(person, identity, before) {
  await until(`${person.name} to see and hear ${identity} again`, async () => {
    const [frames, packets] = await received(person, identity);
    return frames > 3 && packets > 3 && (frames < before[0] || packets < before[1]);
  }, 40_000);
  return Date.now();
}

/** Manifests of the recordings on the server's disk, oldest first. */
async function manifests() {
  const root = path.join(server.data, 'recordings');
  const files = (await readdir(root, { recursive: true })).filter((file) => path.basename(file) === 'manifest.json');
  const all = await Promise.all(files.map(async (file) => JSON.parse(await readFile(path.join(root, file), 'utf8'))));
  return all.sort((one, other) => Date.parse(one.started_at) - Date.parse(other.started_at));
}

test('they come together and record', async () => {
  await signIn(mediator, server, 'mediator', '/desk');
  await mediator.waitFor('today-session');
  await mediator.page.goto(seats.mediator.join_url);
  await mediator.waitFor('sitting-start');
  await learnSeats(mediator, seats);
  await walkIn(applicant, seats.applicant.join_url);
  await begin(mediator);
  await mediator.tap(`admit-${seats.applicant.id}`);
  await applicant.waitFor('together');
  await applicant.sees(seats.mediator.id);
  await mediator.tap('record');
  await applicant.tap('record-yes');
  await mark(applicant, 'on');
  await pause(6_000); // enough to have something to lose
});

test('SIGKILL: media is back within ten seconds without a tap, and the recording goes on', async (t) => {
  const ways = [[applicant, seats.mediator.id], [mediator, seats.applicant.id]];
  const before = await Promise.all(ways.map(([person, who]) => received(person, who)));
  const killed = Date.now();
  await server.kill();
  const began = Date.now();
  await server.begin();
  const ready = Date.now();
  const all = await Promise.all(ways.map(([person, who], n) => back(person, who, before[n])));
  const seconds = (since) => all.map((at) => Math.round((at - since) / 100) / 10);
  t.diagnostic(`media back [resident, desk], s: ${JSON.stringify({ afterStart: seconds(began), afterReady: seconds(ready) })}`);
  for (const at of all) assert.ok(at - began <= 10_000, `${at - began} ms after the start`);
  const [first] = await until('the recording that was cut off is closed', async () => { const found = await manifests(); return found.length > 0 && found; }, 20_000);
  assert.equal(first.end, 'recovered');
  assert.equal(first.tracks.length, 4, 'two people, sound and picture');
  const lost = first.tracks.map((track) => killed - Date.parse(first.started_at) - track.offset_ms - track.duration_ms);
  t.diagnostic(`lost before the kill, ms: ${JSON.stringify(lost)}`);
  for (const ms of lost) assert.ok(ms <= 2_000, `${ms} ms were lost`);
  await mark(applicant, 'on', 30_000);
  await pause(4_000);
});

test('both recordings are sealed and play', async () => {
  await mediator.tap('sitting-end');
  await mediator.page.locator('[data-testid="end-adjourned"]').check();
  await mediator.tap('end-confirm');
  await until('both recordings are sealed', async () => {
    await mediator.page.goto(`${server.url}/desk/cases/${caseId}`);
    await mediator.tap('paper-recordings');
    await mediator.waitFor('recording-row');
    const rows = await mediator.page.locator('[data-testid="recording-row"]').evaluateAll((all) => all.map((row) => row.dataset.status));
    return rows.length === 2 && rows.every((status) => status === 'finished');
  }, 30_000);
  const [first, second] = await manifests();
  assert.equal(second.end, 'finished');
  assert.ok(second.duration_ms > 3_000 && second.tracks.length >= 4, JSON.stringify(second.tracks));
  assert.ok(Date.parse(second.started_at) >= Date.parse(first.started_at) + first.duration_ms);
  // Each is opened and plays: real pictures.
  for (const which of [0, 1]) {
    await mediator.page.goto(`${server.url}/desk/cases/${caseId}`);
    await mediator.tap('paper-recordings');
    await mediator.page.getByTestId('recording-open').nth(which).click();
    await mediator.waitFor('play');
    await mediator.tap('play');
    await until('two pictures that play', () => mediator.page.evaluate(() => [...document.querySelectorAll('.stage video')].filter((video) => video.videoWidth > 0 && video.currentTime > 1).length === 2), 20_000);
  }
  for (const person of [mediator, applicant]) assert.deepEqual(person.faults, [], person.name);
});
