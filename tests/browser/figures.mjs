// Figures of a sitting as people feel them, in real browsers: `node figures.mjs [rounds]`, JSON on standard output.
//
//  open   a bound phone opens its link → first frame of the mediator on the screen (door and device check skipped)
//  switch the mediator ends a private talk → first frame of the mediator on the phone that waited outside
//
// Times of two pages are compared on the machine's clock. A bench, not a test: nothing here passes or fails.
import { DESK, PHONE, Person, Server, signIn, startChromium, until, walkIn, begin } from './stage.mjs';

const rounds = Number(process.argv[2] ?? 10);
const median = (all) => [...all].sort((a, b) => a - b)[Math.floor(all.length / 2)];
const told = (all) => ({ median: Math.round(median(all)), worst: Math.round(Math.max(...all)), all: all.map(Math.round) });
/** When the first frame of `identity` was on this person's screen, since it last appeared; null while there is none. */
const firstFrame = (person, identity) => person.page.evaluate((who) => {
  const at = window.__onedoor?.firstFrame[who];
  return at === undefined ? null : performance.timeOrigin + at;
}, identity);

const [server, browser] = await Promise.all([Server.start(), startChromium()]);
try {
  const seats = server.demo.sessions[0].seats;
  const seat = (role) => seats.find((one) => one.role === role);
  const mediator = await Person.arrive(browser, 'mediator', DESK);
  const applicant = await Person.arrive(browser, 'applicant', PHONE);
  const respondent = await Person.arrive(browser, 'respondent', PHONE);
  await signIn(mediator, server, 'mediator', new URL(seat('mediator').join_url).pathname);
  await mediator.waitFor('sitting-start');
  const chips = await mediator.page.locator('[data-testid^="seat-chip-"]').evaluateAll((all) => all.map((chip) => [chip.dataset.testid.slice(10), chip.textContent]));
  const id = (role) => chips.find(([, text]) => text.includes(seat(role).name))[0];
  await Promise.all([walkIn(applicant, seat('applicant').join_url), walkIn(respondent, seat('respondent').join_url)]);
  await Promise.all([applicant.waitFor('waiting'), respondent.waitFor('waiting')]);
  await begin(mediator);
  for (const role of ['applicant', 'respondent']) await mediator.tap(`admit-${id(role)}`);
  await respondent.sees(id('mediator'));

  const open = [];
  for (let n = 0; n < rounds; n += 1) {
    const began = Date.now();
    await respondent.page.goto(seat('respondent').join_url);
    open.push(await until('the first frame', () => firstFrame(respondent, id('mediator'))) - began);
    await respondent.sees(id('mediator'));
  }
  const change = [];
  for (let n = 0; n < rounds; n += 1) {
    await mediator.tap('open-caucus');
    await mediator.tap(`caucus-with-${id('applicant')}`);
    await applicant.waitFor('private');
    await until('the respondent to be alone', async () => (await respondent.people()).length === 0);
    const began = await mediator.page.evaluate(() => { document.querySelector('[data-testid="close-caucus"]').click(); return performance.timeOrigin + performance.now(); });
    change.push(await until('the mediator to be back', async () => {
      const at = await firstFrame(respondent, id('mediator'));
      return at !== null && at > began ? at : null;
    }) - began);
    await respondent.sees(id('mediator'));
    await respondent.sees(id('applicant'));
  }
  console.log(JSON.stringify({ rounds, open_to_first_frame_ms: told(open), switch_to_first_frame_ms: told(change) }, null, 2));
} finally {
  await browser.close();
  await server.stop();
}
