// What goes wrong on the way, as people meet it: each answer helps, nothing is lost.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DESK, PHONE, Person, Server, signIn, startChromium, until, walkIn, begin, learnSeats } from './stage.mjs';

let server, browser, seats, phone;

before(async () => {
  browser = await startChromium();
  server = await Server.start();
  seats = Object.fromEntries(server.demo.sessions[0].seats.map((seat) => [seat.role, seat]));
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

test('an unknown link says so and what to do', async () => {
  const stranger = await Person.arrive(browser, 'stranger', PHONE);
  await stranger.page.goto(`${server.url}/j/${'0'.repeat(48)}`);
  await stranger.waitFor('link-problem');
  assert.equal(await stranger.see('link-problem').getAttribute('data-code'), 'link_unknown');
  await stranger.shoot('trouble-1-unknown-link');
});

test('a phone without a camera still gets in by voice or ear', async () => {
  const applicant = await Person.arrive(browser, 'applicant', PHONE, { permissions: [] });
  await applicant.page.addInitScript(() => {
    navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('refused', 'NotAllowedError'));
  });
  await applicant.page.goto(seats.applicant.join_url);
  await applicant.tap('door-enter');
  await applicant.waitFor('rights');
  for (const consent of ['consent-online_procedure', 'consent-e_signature']) {
    if (await applicant.see(consent).getAttribute('aria-checked') !== 'true') await applicant.tap(consent);
  }
  await applicant.tap('consents-continue');
  await applicant.waitFor('device-voice-only');
  await applicant.shoot('trouble-2-camera-refused');
  await applicant.tap('device-voice-only');
  await applicant.waitFor('waiting');
  await applicant.context.close();
});

test('a link that another phone has opened does not open here', async () => {
  const other = await Person.arrive(browser, 'other', PHONE);
  await other.page.goto(seats.applicant.join_url);
  await other.waitFor('link-problem');
  assert.equal(await other.see('link-problem').getAttribute('data-code'), 'link_bound_elsewhere');
  await other.shoot('trouble-3-other-phone');
});

test('a second tab of the same phone is asked, and only its yes moves the seat; the first one says why', async () => {
  const first = phone = await Person.arrive(browser, 'respondent', PHONE);
  await walkIn(first, seats.respondent.join_url);
  await first.waitFor('waiting');
  const second = new Person('second', first.context, await first.context.newPage());
  await second.page.goto(seats.respondent.join_url);
  await second.waitFor('link-problem');
  assert.equal(await second.see('link-problem').getAttribute('data-code'), 'in_use_elsewhere');
  await second.shoot('trouble-5-second-tab');
  await first.page.reload();
  await first.waitFor('waiting');
  await second.tap('link-retry');
  await second.waitFor('waiting');
  await first.waitFor('link-problem');
  assert.equal(await first.see('link-problem').getAttribute('data-code'), 'moved_to_other_device');
  // Back in the first one, by its own tap.
  await first.tap('link-retry');
  await first.waitFor('waiting');
  await second.waitFor('link-problem');
  await second.page.close();
});

test('another phone asks with a number; a yes on the first one moves the seat there', async () => {
  const first = phone;
  const second = await Person.arrive(browser, 'respondent-2', PHONE);
  await second.page.goto(seats.respondent.join_url);
  await second.waitFor('link-problem');
  await second.shoot('trouble-6-move-asked');
  await second.tap('move-here');
  await second.waitFor('move-waits');
  const number = (await second.see('move-code').textContent()).trim();
  await second.shoot('trouble-7-move-number');
  await first.waitFor('device-yes');
  assert.ok((await first.see('ask').textContent()).includes(number), 'both screens show one number');
  await first.shoot('trouble-8-move-question');
  await first.tap('device-yes');
  await second.waitFor('waiting', 30_000);
  await first.waitFor('link-problem');
  assert.equal(await first.see('link-problem').getAttribute('data-code'), 'moved_to_other_device');
  // The former phone has no way back but to ask.
  await first.tap('link-retry');
  await first.waitFor('move-here');
  // By the same way it goes back.
  await first.tap('move-here');
  await second.tap('device-yes');
  await first.waitFor('waiting', 30_000);
  await second.context.close();
});

test('the server dies in the middle: everybody is back in the same place, without a tap', async () => {
  const mediator = await Person.arrive(browser, 'mediator', DESK);
  const respondent = phone;
  await signIn(mediator, server, 'mediator', new URL(seats.mediator.join_url).pathname);
  await mediator.waitFor('sitting-start');
  await respondent.waitFor('waiting');
  await begin(mediator);
  await learnSeats(mediator, seats);
  const id = (role) => seats[role].id;
  await mediator.tap(`admit-${id('respondent')}`);
  await respondent.sees(id('mediator'));

  await server.kill();
  await respondent.waitFor('reconnecting');
  await respondent.shoot('trouble-4-reconnecting');
  const before = await respondent.page.evaluate((who) => window.__onedoor.firstFrame[who], id('mediator'));
  await server.begin();
  await respondent.waitFor('together', 30_000);
  await until('a new first frame of the mediator', async () => {
    const at = await respondent.page.evaluate((who) => window.__onedoor.firstFrame[who] ?? null, id('mediator'));
    return at !== null && at !== before;
  }, 30_000);
  await respondent.sees(id('mediator'));
  await mediator.sees(id('respondent'));
});
