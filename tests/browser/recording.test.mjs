// Recording, end to end: a desk and two phones agree, record, speak in private, take it back, end; the desk plays it back.
// What is played is decoded: pictures are looked at pixel by pixel, not taken on trust.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DESK, PHONE, Person, Server, signIn, startChromium, until, walkIn, begin, learnSeats } from './stage.mjs';

let server, browser, seats, mediator, applicant, respondent, caseId;

before(async () => {
  browser = await startChromium();
  server = await Server.start();
  const [sitting] = server.demo.sessions;
  caseId = sitting.case_id;
  seats = Object.fromEntries(['mediator', 'applicant', 'respondent'].map((role) => [role, sitting.seats.find((seat) => seat.role === role)]));
  mediator = await Person.arrive(browser, 'mediator', DESK);
  applicant = await Person.arrive(browser, 'applicant', PHONE);
  respondent = await Person.arrive(browser, 'respondent', { width: 360, height: 740 });
});

after(async () => {
  await browser?.close();
  if (process.env.ONEDOOR_JOURNEY_LOG) (await import('node:fs/promises')).writeFile(process.env.ONEDOOR_JOURNEY_LOG, server.log);
  await server?.stop();
});

const mark = (person, state) => until(`${person.name} sees ${state}`, async () => (await person.page.locator('[data-testid="recording"]').first().getAttribute('data-state')) === state);

test('everybody comes together', async () => {
  await signIn(mediator, server, 'mediator', '/desk');
  await mediator.waitFor('today-session');
  await mediator.page.goto(seats.mediator.join_url);
  await mediator.waitFor('sitting-start');
  await learnSeats(mediator, seats);
  await Promise.all([walkIn(applicant, seats.applicant.join_url), walkIn(respondent, seats.respondent.join_url)]);
  await begin(mediator);
  for (const [person, role] of [[applicant, 'applicant'], [respondent, 'respondent']]) {
    await mediator.tap(`admit-${seats[role].id}`);
    await person.waitFor('together');
  }
  await applicant.sees(seats.respondent.id);
});

test('R12: the mediator asks, each phone is asked in plain words, it records with the last yes', async () => {
  assert.equal(await applicant.page.locator('[data-testid="recording"]').count(), 0, 'nothing is said of recording before anybody asks');
  await mediator.tap('record');
  await applicant.waitFor('record-yes');
  await respondent.waitFor('record-no');
  await applicant.shoot('recording-1-question');
  await applicant.tap('record-yes');
  await mark(mediator, 'asking');
  await mediator.shoot('recording-2-asking');
  await respondent.tap('record-yes');
  await Promise.all([mediator, applicant, respondent].map((person) => mark(person, 'on')));
  await mediator.page.keyboard.press('Escape');
  await applicant.shoot('recording-3-on');
  await mediator.shoot('recording-4-desk-on');
  // Enough to see and hear.
  await new Promise((resolve) => setTimeout(resolve, 5000));
});

test('a private talk is not recorded, and both phones say so', async () => {
  await mediator.tap('open-caucus');
  await mediator.tap(`caucus-with-${seats.applicant.id}`);
  await applicant.waitFor('private');
  await mark(applicant, 'paused');
  await mark(respondent, 'paused');
  await applicant.shoot('recording-5-private');
  await mediator.tap('close-caucus');
  await applicant.waitFor('together');
  await mark(applicant, 'on');
  await new Promise((resolve) => setTimeout(resolve, 2000));
});

test('taken back in the middle, it stops for everybody; the desk is told who, the other phone is not', async () => {
  await respondent.page.locator('[data-testid="recording"]').click();
  await respondent.shoot('recording-6-withdraw');
  await respondent.tap('record-withdraw');
  await Promise.all([mediator, applicant, respondent].map((person) => mark(person, 'paused')));
  const words = await applicant.page.locator('[data-testid="recording"]').textContent();
  assert.match(words, /有人未同意/);
  assert.ok(!words.includes(seats.respondent.name), words);
  await mediator.tap('recording');
  await until('the desk sees who', async () => (await mediator.page.locator(`[data-testid="recording-of-${seats.respondent.id}"]`).getAttribute('data-word')) === 'false');
  await mediator.shoot('recording-7-who');
  await mediator.page.keyboard.press('Escape');
});

test('after the end the desk plays it back: real pictures, in step, with the private talk left out', async () => {
  await mediator.tap('sitting-end');
  await mediator.page.locator('[data-testid="end-adjourned"]').check();
  await mediator.tap('end-confirm');
  await until('the recording is sealed', async () => {
    await mediator.page.goto(`${server.url}/desk/cases/${caseId}`);
    await mediator.tap('paper-recordings');
    await mediator.waitFor('recording-row');
    return (await mediator.page.locator('[data-testid="recording-row"]').first().getAttribute('data-status')) === 'finished';
  }, 30_000);
  await mediator.shoot('recording-8-file');
  await mediator.tap('recording-open');
  await mediator.waitFor('play');
  await mediator.tap('play');
  const moving = () => mediator.page.evaluate(() => {
    const drawn = [...document.querySelectorAll('.stage video')].filter((video) => video.offsetParent && video.videoWidth > 0 && video.currentTime > 0.5);
    return drawn.map((video) => {
      const canvas = Object.assign(document.createElement('canvas'), { width: 32, height: 18 });
      const pen = canvas.getContext('2d');
      pen.drawImage(video, 0, 0, 32, 18);
      const grey = [...pen.getImageData(0, 0, 32, 18).data].filter((_, at) => at % 4 === 1);
      return { width: video.videoWidth, at: video.currentTime, spread: Math.max(...grey) - Math.min(...grey) };
    });
  });
  const pictures = await until('three pictures that are played', async () => { const all = await moving(); return all.length === 3 && all; }, 20_000);
  assert.ok(pictures.every((one) => one.spread > 20), `real pictures: ${JSON.stringify(pictures)}`);
  await mediator.shoot('recording-9-playback');
  const drift = await mediator.page.evaluate(() => {
    const all = [...document.querySelectorAll('.stage video, .stage audio')].filter((media) => !media.paused);
    return all.length;
  });
  assert.ok(drift >= 3, `${drift} tracks play at once`);
  const length = Number(await mediator.page.locator('[data-testid="seek"]').getAttribute('max'));
  assert.ok(length > 6000, `${length} ms`);
  await mediator.page.locator('[data-testid="seek"]').fill(String(Math.round(length / 1000) * 100));
  await until('it goes on from there', async () => Number(await mediator.page.locator('[data-testid="playback"]').getAttribute('data-at')) > length / 10);
  assert.ok((await mediator.page.locator('.gap').count()) >= 1, 'what was not recorded is shown');
  const log = await mediator.page.locator('[data-testid="recording-log"]').textContent();
  assert.match(log, /播放/);
});

test('it is held with a reason, and made into one film', async () => {
  await mediator.tap('recording-hold');
  await mediator.page.locator('[data-testid="recording-reason"]').fill('法院调取');
  await mediator.tap('ask-yes');
  await mediator.waitFor('recording-held');
  await mediator.tap('film-make');
  await mediator.waitFor('film-download', 90_000);
  const [download] = await Promise.all([mediator.page.waitForEvent('download'), mediator.tap('film-download')]);
  const size = (await (await import('node:fs/promises')).stat(await download.path())).size;
  assert.ok(size > 10_000, `${size} bytes`);
  await mediator.shoot('recording-10-film');
  for (const person of [mediator, applicant, respondent]) assert.deepEqual(person.faults, [], person.name);
});
