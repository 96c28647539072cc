// A tab that sleeps: the page is frozen, as a phone freezes it in a pocket, and its socket may die meanwhile. When it wakes
// it is back in its place by itself. The seat and the people in it are the same as before.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DESK, PHONE, Person, Server, signIn, startChromium as startPeople, until as soon, walkIn, learnSeats, begin } from './stage.mjs';
import { openSeat, pause, startChromium, startProxy, startServer, startSite, until } from './wire.bench.mjs';

/** Milliseconds; longer with `ONEDOOR_NAP`. */
const NAP = Number(process.env.ONEDOOR_NAP ?? 10_000);

/** Freezes a page for a while. While it sleeps no script of it runs. */
async function sleep(page, meanwhile) {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Page.enable');
  await cdp.send('Page.setWebLifecycleState', { state: 'frozen' });
  await meanwhile();
  await cdp.send('Page.setWebLifecycleState', { state: 'active' });
  await cdp.detach();
}

test('the media wire: frozen while its socket dies, awake it goes on under the same name', async (t) => {
  const [server, site, browser] = await Promise.all([startServer(), startSite(), startChromium()]);
  const proxy = await startProxy(server.url);
  t.after(async () => {
    await browser.close();
    proxy.stop();
    site.stop();
    await server.stop();
  });
  const lin = await openSeat(browser, site, 'lin');
  const zhao = await openSeat(browser, site, 'zhao');
  for (const [seat, url] of [[lin, server.url], [zhao, proxy.url]]) {
    await seat.call('join', url, await server.call('GET', `/token?room=nap&identity=${seat.identity}`), true, { patient: true });
  }
  for (const [seat, who] of [[lin, 'zhao'], [zhao, 'lin']]) await seat.call('firstFrame', who, 0);
  const sid = await zhao.call('sid');
  await sleep(zhao.page, async () => {
    await pause(1_000);
    proxy.cut();
    await pause(NAP);
  });
  const woke = Date.now();
  for (const [seat, who] of [[lin, 'zhao'], [zhao, 'lin']]) {
    const frames = await seat.call('frames', who);
    await until(`${seat.identity} sees ${who} move`, async () => (await seat.call('frames', who)) > frames + 10);
    assert.ok((await seat.call('loudness', who, 0.01)) > 0.01, `${seat.identity} hears ${who}`);
  }
  t.diagnostic(`awake → seen and heard both ways: ${Date.now() - woke} ms`);
  assert.equal(await zhao.call('sid'), sid, 'no new participant: it resumed');
  const events = (await zhao.call('timeline')).map((one) => one.event);
  assert.ok(!events.includes('Disconnected'), `${events}`);
});

let server, browser;
before(async () => { [server, browser] = await Promise.all([Server.start(), startPeople()]); });
after(async () => {
  await browser?.close();
  await server?.stop();
});

test('a resident’s page: asleep in the pocket, awake in the same place, without a tap', async (t) => {
  const seats = Object.fromEntries(server.demo.sessions[0].seats.map((seat) => [seat.role, seat]));
  const mediator = await Person.arrive(browser, 'mediator', DESK);
  const applicant = await Person.arrive(browser, 'applicant', PHONE);
  await signIn(mediator, server, 'mediator', new URL(seats.mediator.join_url).pathname);
  await mediator.waitFor('sitting-start');
  await walkIn(applicant, seats.applicant.join_url);
  await applicant.waitFor('waiting');
  await begin(mediator);
  await learnSeats(mediator, seats);
  const id = (role) => seats[role].id;
  await mediator.tap(`admit-${id('applicant')}`);
  await applicant.waitFor('together');
  await applicant.sees(id('mediator'));
  await sleep(applicant.page, () => pause(NAP));
  const woke = Date.now();
  await applicant.waitFor('together', 15_000);
  const decoded = async (person, who) => (await person.stats()).find((one) => one.identity === who && one.kind === 'video')?.framesDecoded ?? 0;
  for (const [person, who] of [[applicant, id('mediator')], [mediator, id('applicant')]]) {
    const frames = await decoded(person, who);
    await soon(`${person.name} sees ${who} move`, async () => { const now = await decoded(person, who); return now > frames + 5 || (now < frames && now > 5); });
    await person.hears(who);
  }
  t.diagnostic(`awake → seen and heard both ways: ${Date.now() - woke} ms`);
  assert.deepEqual(applicant.faults, []);
});
