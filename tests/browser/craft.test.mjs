// The craft of a sitting, as three people meet it: the opening, a statement in quiet, words behind the release gate,
// sealed bids, written lines, and the reading of who heard whom. After each step: who must not know, does not.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Server, startChromium, until, begin, atTheDoor } from './stage.mjs';

let server, browser, seats, mediator, applicant, respondent;
const text = (person) => person.page.evaluate(() => document.body.innerText);
const silent = async (person, words, why) => assert.ok(!(await text(person)).includes(words), `${person.name}: ${why}`);
const shows = (person, words) => until(`${person.name} reads “${words}”`, async () => (await text(person)).includes(words));
const at = (person, id) => person.page.locator(`[data-testid="${id}"]`);

before(async () => {
  browser = await startChromium();
  server = await Server.start();
  ({ seats, mediator, applicant, respondent } = await atTheDoor(browser, server, { asks: true }));
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

test('r32 each is asked in private whether it is safe to meet, behind a tap, and may leave it for later', async () => {
  await applicant.waitFor('safety-show');
  await silent(applicant, '担心自己的安全', 'nothing for who looks on');
  await applicant.shoot('phone-safety-closed');
  await applicant.tap('safety-show');
  await applicant.waitFor('safety-yes');
  await applicant.shoot('phone-safety-open');
  await applicant.tap('safety-no');
  await until('the question is gone', async () => (await at(applicant, 'ask').count()) === 0);
  await respondent.tap('safety-later');
});

test('r08 the opening is ticked off, identities are checked, and what is disclosed reaches both phones', async () => {
  for (const item of ['rights_told', 'sham_warned', 'address_confirmed']) await mediator.tap(`opening-${item}`);
  await mediator.tap('opening-no-conflict');
  await mediator.shoot('desk-opening-before');
  await Promise.all([applicant, respondent].map((person) => person.waitFor('ask')));
  await applicant.shoot('phone-ask-conflict');
  for (const person of [applicant, respondent]) await person.tap('ask-away');
  await mediator.tap('tab-parties');
  for (const who of ['applicant', 'respondent']) await mediator.tap(`identify-${seats[who].id}`);
  await until('the opening is complete', () => at(mediator, 'opening').first().evaluate((list) => list.classList.contains('complete')));
  await mediator.shoot('desk-opening');
  await begin(mediator);
  for (const who of ['applicant', 'respondent']) await mediator.tap(`admit-${seats[who].id}`);
  await Promise.all([applicant.waitFor('together'), respondent.waitFor('together')]);
});

test('one is asked to speak and opens the microphone oneself', async () => {
  await mediator.tap(`ask-${seats.applicant.id}`);
  await applicant.waitFor('ask');
  await silent(respondent, '调解员请您说话', 'only one was asked');
  await applicant.shoot('phone-ask-speak');
  await applicant.tap('ask-speak-yes');
  await until('the question is gone', async () => (await at(applicant, 'ask').count()) === 0);
});

test('what is said in private crosses only by the confider’s tap, word for word', async () => {
  await mediator.tap('open-caucus');
  await mediator.tap(`caucus-with-${seats.applicant.id}`);
  await applicant.waitFor('private');
  await mediator.tap('tab-table');
  await at(mediator, 'confide-text').fill('一千五百元就可以');
  await mediator.tap('confide');
  await applicant.waitFor('release');
  await applicant.shoot('phone-gate');
  assert.equal(await at(mediator, 'convey').count(), 0, 'sealed words cannot be passed on');
  await applicant.tap('release');
  await mediator.waitFor('convey');
  await mediator.shoot('desk-table');
  await silent(respondent, '一千五百元', 'released is not passed on');
  await mediator.page.locator('[data-testid="convey"]', { hasText: seats.respondent.name }).click();
  await shows(respondent, '一千五百元就可以');
  await respondent.shoot('phone-told');
  await respondent.tap('ask-away');
});

test('who is left outside asks for a word alone, and only the mediator knows', async () => {
  await respondent.waitFor('knock');
  await respondent.shoot('phone-left-outside');
  await respondent.tap('knock');
  await shows(respondent, '不用单独说了');
  await mediator.tap('tab-parties');
  await until('the knock at the desk', async () => (await mediator.see(`acts-${seats.respondent.id}`).innerText()).includes('想和您说话'));
  await mediator.shoot('desk-knock');
  await silent(applicant, '不用单独说了', 'the other side does not learn of it');
  await respondent.tap('knock');
  await shows(respondent, '请调解员来单独说几句');
  await mediator.tap('tab-table');
});

test('a line written in private is read in private', async () => {
  await applicant.tap('more');
  await applicant.tap('more-lines');
  await at(applicant, 'line-text').fill('他以前打过我');
  await applicant.tap('line-send');
  await shows(mediator, '他以前打过我');
  await applicant.shoot('phone-lines');
  await silent(respondent, '打过我', 'not written to the other side');
  await applicant.tap('panel-back');
  await mediator.tap('stage-close-caucus');
  await Promise.all([applicant.waitFor('together'), respondent.waitFor('together')]);
  await silent(respondent, '打过我', 'nor after the return');
});

test('sealed bids open together', async () => {
  await mediator.tap('tab-table');
  await at(mediator, 'offer-text').fill('墙面修补款');
  await mediator.tap('offer-bids');
  await at(applicant, 'bid').fill('1800');
  await applicant.shoot('phone-bid');
  await applicant.tap('bid-send');
  await shows(applicant, '已密封');
  for (const person of [mediator, respondent]) await silent(person, '1,800', 'sealed');
  await applicant.tap('ask-away');
  await at(respondent, 'bid').fill('1500.50');
  await respondent.tap('bid-send');
  await Promise.all([applicant, respondent, mediator].map((person) => shows(person, '1,800')));
  await shows(applicant, '1,500.5');
  await applicant.shoot('phone-bids-open');
});

test('each reads who has heard them, from the forwarding table', async () => {
  await applicant.page.locator('[data-testid="ask"] button').first().click();
  await applicant.tap('more');
  await applicant.tap('more-hearing');
  const closed = at(applicant, 'interval').and(applicant.page.locator('[data-area="caucus"]'));
  await closed.first().waitFor();
  const words = await closed.first().innerText();
  assert.ok(words.includes(seats.mediator.name) && words.includes('收到 0 个数据包'), words);
  assert.ok(words.includes(seats.respondent.name));
  await applicant.shoot('phone-hearing');
});
