// Lines of the regression catalogue (tests/CATALOGUE.md) that only a browser can show: a screen that stays on, and
// pictures that play inside the page.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DESK, PHONE, Person, Server, signIn, startChromium, until, walkIn, learnSeats, begin } from './stage.mjs';

let server, browser, mediator, respondent, seats;

before(async () => {
  browser = await startChromium();
  server = await Server.start();
  seats = Object.fromEntries(server.demo.sessions[0].seats.map((seat) => [seat.role, seat]));
  mediator = await Person.arrive(browser, 'mediator', DESK);
  respondent = await Person.arrive(browser, 'respondent', PHONE);
  await respondent.page.addInitScript(() => {
    window.__locks = 0;
    Object.defineProperty(Navigator.prototype, 'wakeLock', {
      get: () => ({ request: async (kind) => { window.__locks += Number(kind === 'screen'); return { release: async () => {} }; } }),
    });
  });
  await signIn(mediator, server, 'mediator', new URL(seats.mediator.join_url).pathname);
  await mediator.waitFor('sitting-start');
  await walkIn(respondent, seats.respondent.join_url);
  await respondent.waitFor('waiting');
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

test('the screen is asked to stay on, and asked again when the page is seen again', async () => {
  const asked = () => respondent.page.evaluate(() => window.__locks);
  const first = await until('the screen to be asked to stay on', asked);
  // A browser lets the lock go when the page is hidden; on coming back it must be asked for anew.
  await respondent.page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  await until('it to be asked again', async () => await asked() > first);
});

test('pictures play inside the page, without a tap and without sound of their own', async () => {
  await begin(mediator);
  await learnSeats(mediator, seats);
  const id = (role) => seats[role].id;
  await mediator.tap(`admit-${id('respondent')}`);
  await respondent.sees(id('mediator'));
  const videos = await respondent.page.locator('video').evaluateAll((all) => all.map((video) => ({
    inline: video.hasAttribute('playsinline'), muted: video.muted, shown: video.videoWidth > 0, paused: video.paused,
  })));
  const shown = videos.filter((video) => video.shown);
  assert.ok(shown.length > 0, JSON.stringify(videos));
  for (const video of shown) assert.deepEqual(video, { inline: true, muted: true, shown: true, paused: false });
});
