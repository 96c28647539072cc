// A full table: a mediator at the desk; the applicant on a small phone in large type; the respondent in English with an
// interpreter; a lawyer; a counsellor whom the desk adds while the sitting runs. Who is invited comes in with both parties'
// yes; what is said is decoded and heard; what is private is not. Screens are written to tests/shots.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DESK, PHONE, Person, Server, signIn, startChromium, until, walkIn } from './stage.mjs';

let server, browser, sitting, mediator;
/** Everybody by role: who they are, their seat's id, their link. */
const people = {};
const seat = (role) => people[role].seat;
const at = (person, id) => person.page.getByTestId(id);
const text = (person) => person.page.locator('body').innerText();

before(async () => {
  browser = await startChromium();
  server = await Server.start();
  [sitting] = server.demo.sessions;
  mediator = await Person.arrive(browser, 'mediator', DESK);
  const arrive = async (role, viewport) => { people[role] = { person: await Person.arrive(browser, role, viewport), seat: sitting.seats.find((one) => one.role === role) ?? { role } }; };
  await arrive('applicant', { width: 360, height: 740 });
  for (const role of ['respondent', 'lawyer', 'interpreter', 'counsellor']) await arrive(role, PHONE);
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

async function learnSeats() {
  const chips = await mediator.page.locator('[data-testid^="seat-chip-"]').evaluateAll((all) => all.map((chip) => [chip.dataset.testid.slice('seat-chip-'.length), chip.textContent]));
  for (const one of Object.values(people)) one.seat.id ??= chips.find(([, words]) => one.seat.name && words.includes(one.seat.name))?.[0];
  people.mediator ??= { person: mediator, seat: { ...sitting.seats.find((one) => one.role === 'mediator') } };
  people.mediator.seat.id ??= chips.find(([, words]) => words.includes(people.mediator.seat.name))?.[0];
}

/** The desk adds a seat in the panel beside the faces and reads out its link. */
async function invite(role, name, side) {
  await mediator.page.locator('.parties .btn.add').click();
  await at(mediator, 'seat-name').fill(name);
  await at(mediator, 'seat-role').selectOption(role);
  if (side) await at(mediator, 'seat-side').selectOption(side);
  await mediator.tap('seat-add');
  seat(role).name = name;
  await until(`${name} in the corridor`, async () => { await learnSeats(); return seat(role).id; });
  await mediator.tap(`issue-link-${seat(role).id}`);
  seat(role).join_url = await at(mediator, `join-url-${seat(role).id}`).inputValue();
}

const comesIn = async (role, search = '') => {
  const { person } = people[role];
  await walkIn(person, `${seat(role).join_url}${search}`, { asks: role === 'interpreter' });
  await person.waitFor('waiting');
};

test('the desk prepares the table, an interpreter among it', async () => {
  await signIn(mediator, server);
  await mediator.waitFor('today-session');
  await mediator.page.goto(sitting.seats.find((one) => one.role === 'mediator').join_url);
  await mediator.waitFor('sitting-start');
  await learnSeats();
  await mediator.tap('tab-parties');
  await invite('interpreter', '阿依古丽', 'respondent');
  assert.ok(Object.entries(people).every(([role, one]) => one.seat.id || role === 'counsellor'));
});

test('four come by their links, each waits alone: large type, English, Chinese', async () => {
  const { person } = people.applicant;
  await person.page.goto(seat('applicant').join_url);
  await person.tap('elder-mode');
  await Promise.all([comesIn('applicant'), comesIn('respondent', '?lang=en'), comesIn('lawyer'), comesIn('interpreter')]);
  assert.match(await text(people.respondent.person), /Waiting/);
  for (const role of ['applicant', 'respondent', 'lawyer', 'interpreter']) assert.deepEqual(await people[role].person.people(), [], `${role} in the lobby`);
});

test('both sides and the interpreter meet: seen and heard', async () => {
  for (const item of ['rights_told', 'sham_warned', 'address_confirmed']) await mediator.tap(`opening-${item}`);
  await mediator.tap('opening-no-conflict');
  for (const role of ['applicant', 'respondent']) {
    await mediator.tap(`identify-${seat(role).id}`);
  }
  await mediator.tap('sitting-start');
  for (const role of ['applicant', 'respondent', 'interpreter']) {
    await mediator.tap(`admit-${seat(role).id}`);
    await people[role].person.waitFor('together');
  }
  for (const [who, whom] of [['mediator', 'applicant'], ['applicant', 'respondent'], ['respondent', 'interpreter'], ['interpreter', 'applicant']]) {
    await people[who].person.sees(seat(whom).id);
    await people[who].person.hears(seat(whom).id);
  }
  assert.ok(!(await people.applicant.person.people()).includes(seat('lawyer').id), 'who still waits is not seen');
});

test('r05 a counsellor comes in with both parties’ yes; the lawyer was named at both doors', async () => {
  await mediator.tap('tab-parties');
  await invite('counsellor', '周安');
  await comesIn('counsellor');
  await mediator.tap(`admit-${seat('counsellor').id}`);
  await until('the desk is told why not yet', async () => (await mediator.page.locator('.el-message').count()) > 0);
  await people.counsellor.person.expectNothing('together');
  await mediator.tap(`propose-${seat('counsellor').id}`);
  for (const party of ['applicant', 'respondent']) {
    await people[party].person.waitFor('ask-guest-yes');
    await people[party].person.shoot(`full-1-guest-${party}`);
    await people[party].person.tap('ask-guest-yes');
  }
  // The lawyer was named at both doors: who came in agreed.
  for (const role of ['lawyer', 'counsellor']) {
    await mediator.tap(`admit-${seat(role).id}`);
    await people[role].person.waitFor('together');
  }
  await people.counsellor.person.hears(seat('respondent').id);
  await people.lawyer.person.hears(seat('mediator').id);
  await mediator.hears(seat('counsellor').id);
  await mediator.shoot('full-2-desk-six');
  await people.applicant.person.shoot('full-3-elder-six');
});

test('the interpreter writes the applicant’s words down: read by who may hear them', async () => {
  const { person } = people.interpreter;
  await person.waitFor('ask');
  await person.expectNothing('ask-another');
  await person.tap('ask-away');
  await person.tap('more');
  await person.tap('more-lines');
  await at(person, 'caption-of').selectOption(seat('applicant').id);
  await at(person, 'line-text').fill('The rain runs against my wall.');
  await person.tap('line-send');
  for (const role of ['respondent', 'mediator', 'applicant']) await until(`${role} reads the caption`, async () => (await at(people[role].person, 'subtitles').allInnerTexts()).join().includes('against my wall'));
  await people.respondent.person.shoot('full-4-caption');
  await person.tap('panel-back');
});

test('a private talk with the respondent: the others receive nothing, see nothing, read nothing', async () => {
  await mediator.tap('open-caucus');
  await mediator.tap(`caucus-with-${seat('respondent').id}`);
  await people.respondent.person.waitFor('private');
  await people.respondent.person.hears(seat('mediator').id);
  for (const role of ['applicant', 'lawyer', 'counsellor']) await people[role].person.noLongerReceives(seat('respondent').id, 500);
  await people.applicant.person.noLongerReceives(seat('mediator').id, 500);
  await people.respondent.person.tap('more');
  await people.respondent.person.tap('more-lines');
  await at(people.respondent.person, 'line-text').fill('My last word is 1500.');
  await people.respondent.person.tap('line-send');
  await until('the mediator reads it', async () => { await mediator.tap('tab-table'); return (await text(mediator)).includes('last word'); });
  for (const role of ['applicant', 'lawyer', 'counsellor']) assert.ok(!(await text(people[role].person)).includes('last word'), role);
  await people.respondent.person.tap('panel-back');
  await mediator.shoot('full-5-private');
  await mediator.tap('stage-close-caucus');
  for (const role of ['applicant', 'respondent', 'lawyer', 'counsellor', 'interpreter']) await people[role].person.waitFor('together');
  await people.applicant.person.hears(seat('respondent').id);
});

test('the end: everybody is let go kindly, nobody met an error', async () => {
  await mediator.tap('sitting-end');
  await at(mediator, 'end-adjourned').check();
  await mediator.tap('end-confirm');
  await mediator.waitFor('ended-file');
  for (const role of ['applicant', 'respondent', 'lawyer', 'counsellor', 'interpreter']) {
    await people[role].person.waitFor('afterwards');
    await people[role].person.shoot(`full-6-after-${role}`);
  }
  for (const { person } of Object.values(people)) assert.deepEqual(person.faults, [], `${person.name}'s page threw`);
});
