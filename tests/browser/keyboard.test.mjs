// A mediator without a mouse: a whole sitting by Tab, arrows, Enter, Space, Escape and the shortcuts. The focus is always
// somewhere, always seen, goes through the page in reading order, stays in a dialog and comes back from it; what others do
// is spoken in a live region.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DESK, PHONE, Person, Server, startChromium, until, walkIn, learnSeats } from './stage.mjs';

let server, browser, seats, mediator, applicant, respondent, keys;

before(async () => {
  browser = await startChromium();
  server = await Server.start();
  const [sitting] = server.demo.sessions;
  seats = Object.fromEntries(['mediator', 'applicant', 'respondent'].map((role) => [role, sitting.seats.find((seat) => seat.role === role)]));
  mediator = await Person.arrive(browser, 'mediator', DESK);
  applicant = await Person.arrive(browser, 'applicant', PHONE);
  respondent = await Person.arrive(browser, 'respondent', PHONE);
  keys = mediator.page.keyboard;
  // From here on no mouse: a test that clicks at the desk is none.
  mediator.tap = () => { throw new Error('the mouse is gone'); };
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

/** What has the focus: its test id (or its seat's), its box, and whether one sees that it has it. */
const focus = () => mediator.page.evaluate(() => {
  const one = document.activeElement;
  const style = getComputedStyle(one);
  const box = one.getBoundingClientRect();
  const framed = one.closest('.el-input__wrapper, .el-textarea');
  const region = ['.bar', '.corridor', '.stage', '.panel'].findIndex((each) => one.closest(`.sitting > ${each}`));
  return {
    id: one.dataset.testid ?? one.closest('[data-testid^="seat-chip-"]')?.dataset.testid ?? '', tag: one.tagName, region, dialog: one.closest('[role=dialog], dialog') !== null,
    seen: box.width > 0 && box.bottom > 0 && box.top < innerHeight && (style.outlineStyle !== 'none' || framed !== null),
  };
});

/** Presses Tab until the focus is on `id`; every stop on the way can be seen. */
async function tabTo(id, key = 'Tab') {
  const way = [];
  for (let n = 0; n < 90; n += 1) {
    const now = await focus();
    if (now.tag !== 'BODY' && n > 0) assert.ok(now.seen, `the focus is seen on ${now.tag} ${now.id}`);
    if (now.id === id) return way;
    way.push(now);
    await keys.press(key);
  }
  return mediator.stuck(`reach ${id} by ${key}`, new Error(way.map((one) => one.id || one.tag).join(' → ')));
}
const chip = (role) => `seat-chip-${seats[role].id}`;
const stays = (id) => until(`the focus on ${id}`, async () => (await focus()).id === id, 5_000);
const spoken = (words) => until(`“${words}” is spoken`, async () => (await mediator.page.locator('.only-heard[aria-live], .only-heard[role=alert]').allInnerTexts()).join().includes(words), 5_000);
const area = (role, kind) => until(`${role} in ${kind}`, () => mediator.page.locator(`[data-testid^="lane-${kind}"] [data-testid="${chip(role)}"]`).count());

test('signs in and opens the sitting', async () => {
  await mediator.page.goto(`${server.url}/desk`);
  await mediator.waitFor('login-username');
  const staff = server.demo.staff.find((one) => one.role === 'mediator');
  await tabTo('login-username');
  await keys.type(staff.username);
  await tabTo('login-password');
  await keys.type(staff.password);
  await keys.press('Enter');
  await mediator.waitFor('today-enter');
  await tabTo('today-enter');
  await keys.press('Enter');
  await mediator.waitFor('sitting-start');
  await learnSeats(mediator, seats);
});

test('hears who comes to the door, ticks off the opening and starts', async () => {
  await walkIn(applicant, seats.applicant.join_url);
  await spoken(seats.applicant.name);
  await walkIn(respondent, seats.respondent.join_url);
  await spoken(seats.respondent.name);
  for (const item of ['opening-rights_told', 'opening-sham_warned', 'opening-address_confirmed', 'opening-no-conflict']) {
    await tabTo(item);
    await keys.press('Space');
    await until(`${item} is ticked`, async () => (await mediator.page.locator(`[data-testid="${item}"]:not(:disabled)`).count()) === 0);
  }
  for (const who of ['applicant', 'respondent']) {
    await tabTo(`identify-${seats[who].id}`);
    await keys.press('Space');
    await until(`${who} is known`, async () => (await mediator.page.locator(`.before [data-testid="identify-${seats[who].id}"]`).count()) === 0);
  }
  await tabTo('sitting-start');
  await keys.press('Enter');
  await mediator.waitFor('sitting-pause');
  await until('the focus is somewhere', async () => (await focus()).tag !== 'BODY');
});

test('the focus goes through the page as it is read', async () => {
  await mediator.page.evaluate(() => document.activeElement.blur());
  await mediator.page.evaluate(() => { document.querySelector('.bar a').focus(); });
  const regions = [];
  for (let n = 0; n < 40; n += 1) {
    const now = await focus();
    if (now.region >= 0) regions.push(now.region);
    else if (n > 0) break;
    await keys.press('Tab');
  }
  assert.deepEqual([...new Set(regions)], [0, 1, 2, 3]);
  assert.deepEqual(regions, regions.toSorted((a, b) => a - b), regions.join(' '));
});

test('admits both, and keeps the place while chips change lanes', async () => {
  for (const [role, person] of [['applicant', applicant], ['respondent', respondent]]) {
    await tabTo(`admit-${seats[role].id}`);
    await keys.press('Enter');
    await person.waitFor('together');
    await stays(chip(role));
    await spoken(seats[role].name);
  }
});

test('into a private talk by the menu, back by the shortcut; into one by the shortcut, back by the menu', async () => {
  await tabTo(chip('applicant'), 'Shift+Tab');
  await keys.press('ArrowDown');
  await until('the menu has the focus', async () => (await focus()).id.startsWith(`move-${seats.applicant.id}`));
  await keys.press('Escape');
  await stays(chip('applicant'));
  await keys.press('Enter');
  while ((await focus()).id !== `move-${seats.applicant.id}-new-caucus`) await keys.press('ArrowDown');
  await keys.press('Enter');
  await applicant.waitFor('private');
  await area('applicant', 'caucus');
  await stays(chip('applicant'));
  await keys.press('Alt+0');
  await applicant.waitFor('together');
  await stays(chip('applicant'));
  await tabTo(chip('respondent'));
  await keys.press('Alt+1');
  await respondent.waitFor('private');
  await stays(chip('respondent'));
  await keys.press('Enter');
  while ((await focus()).id !== `move-${seats.respondent.id}-joint`) await keys.press('ArrowDown');
  await keys.press('Enter');
  await area('respondent', 'joint');
});

test('gives the floor, mutes, takes down a line of the minutes', async () => {
  await keys.press('Alt+0');
  await applicant.waitFor('together');
  await tabTo('tab-minutes');
  await tabTo('minutes-input');
  await keys.type('双方到场。');
  await keys.press('Enter');
  await mediator.waitFor('minutes-entry');
  await tabTo('tab-minutes', 'Shift+Tab');
  await keys.press('ArrowLeft');
  assert.equal(await mediator.see('tab-parties').getAttribute('aria-selected'), 'true');
  await tabTo(`floor-${seats.applicant.id}`);
  await keys.press('Enter');
  await mediator.waitFor(`floor-end-${seats.applicant.id}`);
  await tabTo(`floor-end-${seats.applicant.id}`);
  await keys.press('Enter');
  await mediator.waitFor(`floor-${seats.applicant.id}`);
  await tabTo(`mute-${seats.respondent.id}`);
  await keys.press('Enter');
  await until('the microphone is off', async () => (await mediator.page.getByTestId(`mute-${seats.respondent.id}`).count()) === 0);
  await until('the focus is somewhere', async () => (await focus()).tag !== 'BODY');
});

test('pauses and resumes, ends by a dialog that keeps the focus and gives it back', async () => {
  await tabTo('sitting-pause', 'Shift+Tab');
  await keys.press('Enter');
  await mediator.waitFor('sitting-resume');
  await stays('sitting-resume');
  await keys.press('Enter');
  await stays('sitting-pause');
  await tabTo('sitting-end');
  await keys.press('Enter');
  await until('the dialog has the focus', async () => (await focus()).dialog);
  for (let n = 0; n < 12; n += 1) {
    await keys.press('Tab');
    // Between its last and its first a browser may visit its own bar, never the page behind.
    const now = await focus();
    assert.ok(now.dialog || now.tag === 'BODY', `the focus stays in the dialog: ${now.id || now.tag}`);
  }
  await keys.press('Escape');
  await stays('sitting-end');
  await keys.press('Enter');
  await until('the dialog has the focus', async () => (await focus()).dialog);
  await tabTo('end-adjourned');
  await keys.press('ArrowDown');
  assert.equal(await mediator.see('end-failed').isChecked(), true);
  await tabTo('end-confirm');
  await keys.press('Enter');
  await mediator.waitFor('ended-file');
  await applicant.waitFor('afterwards');
});
