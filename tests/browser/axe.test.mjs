// Every screen of both pages, looked at by axe-core: no serious or critical fault, nothing wider than the screen, nothing
// too small to tap. One sitting is walked once: a desk in Chinese, a phone in Chinese, a small phone in English and large type.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Looking } from './looking.mjs';
import { DESK, PHONE, Person, Server, signIn, startChromium, until, walkIn, learnSeats } from './stage.mjs';

const looking = new Looking();
/** Colours half way through a movement would be measured as faults. */
const STILL = { reducedMotion: 'reduce' };
const ELDER = { width: 360, height: 740 };
let server, browser, seats, caseId, mediator, zh, en;
const desk = (screen) => looking.at(mediator, `desk-${screen}`);
const phones = (screen) => Promise.all([looking.at(zh, `phone-${screen}`, { tap: 44 }), looking.at(en, `elder-en-${screen}`, { tap: 56 })]);
/** A big screen at the centre, in English. */
async function wide(screen) {
  await mediator.page.setViewportSize({ width: 1920, height: 1080 });
  await looking.at(mediator, `desk-1920-${screen}`);
  await mediator.page.setViewportSize(DESK);
}
const folder = mkdtempSync(path.join(tmpdir(), 'onedoor-axe-'));
const picture = path.join(folder, 'IMG_0031.jpg');
const both = (act) => Promise.all([zh, en].map(act));

before(async () => {
  execFileSync('ffmpeg', ['-loglevel', 'error', '-f', 'lavfi', '-i', 'testsrc2=s=1200x900', '-frames:v', '1', '-y', picture]);
  browser = await startChromium();
  server = await Server.start();
  const [sitting] = server.demo.sessions;
  seats = Object.fromEntries(['mediator', 'applicant', 'respondent'].map((role) => [role, sitting.seats.find((seat) => seat.role === role)]));
  mediator = await Person.arrive(browser, 'mediator', DESK, STILL);
  zh = await Person.arrive(browser, 'applicant', PHONE, STILL);
  en = await Person.arrive(browser, 'respondent', ELDER, STILL);
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

test('the desk before a sitting', async () => {
  await mediator.page.goto(`${server.url}/desk/login`);
  await mediator.waitFor('login-username');
  await desk('login');
  await signIn(mediator, server);
  await mediator.waitFor('today-session');
  await desk('today');
  await mediator.tap('nav-cases');
  await mediator.waitFor('case-row');
  await desk('cases');
  await mediator.tap('case-register');
  await mediator.waitFor('register-title');
  await desk('register');
  for (const page of ['calls', 'duty', 'incidents']) {
    await mediator.page.goto(`${server.url}/desk/${page}`);
    await mediator.page.locator('main h1, main h2').first().waitFor();
    await desk(page);
  }
  await mediator.page.goto(seats.mediator.join_url);
  await mediator.waitFor('sitting-start');
  await desk('before');
  await learnSeats(mediator, seats);
  caseId = (await mediator.page.locator('header a[href^="/desk/cases/"]').getAttribute('href')).split('/').at(-1);
  await mediator.page.goto(`${server.url}/desk/cases/${caseId}`);
  await mediator.waitFor('case-file');
  await desk('file');
});

test('a resident’s way in', async () => {
  await zh.page.goto(`${server.url}/check`);
  await zh.waitFor('check-start');
  await en.page.goto(`${server.url}/check?lang=en`);
  await en.tap('elder-mode');
  await en.waitFor('check-start');
  await phones('check');
  await both((person) => person.tap('check-start'));
  await both((person) => person.waitFor('check-result', 60_000));
  await phones('checked');
  await both(async (person) => {
    await person.page.goto(`${server.url}/j/${'0'.repeat(48)}`);
    await person.waitFor('link-problem');
  });
  await phones('unknown-link');
  const walk = (person, prefix, tap) => async (url) => {
    await person.page.goto(url);
    await person.waitFor('door');
    await looking.at(person, `${prefix}-door`, { tap });
    await person.tap('door-enter');
    await person.waitFor('rights');
    await looking.at(person, `${prefix}-rights`, { tap });
    await walkIn(person, url, { asks: true });
    await person.waitFor('waiting');
  };
  await Promise.all([walk(zh, 'phone', 44)(seats.applicant.join_url), walk(en, 'elder-en', 56)(seats.respondent.join_url)]);
  await both((person) => person.tap('safety-show'));
  await phones('safety');
  await both((person) => person.tap('safety-no'));
  await phones('waiting');
  await both((person) => person.tap('test-again'));
  await both((person) => person.page.locator('dialog[open]').waitFor());
  await phones('test-again');
  await both((person) => person.page.keyboard.press('Escape'));
  const tablet = await Person.arrive(browser, 'tablet', PHONE, STILL);
  await tablet.page.goto(seats.applicant.join_url);
  await tablet.waitFor('move-here');
  await looking.at(tablet, 'phone-used-link', { tap: 44 });
  await tablet.tap('move-here');
  await tablet.waitFor('move-waits');
  await looking.at(tablet, 'phone-move-number', { tap: 44 });
  await zh.waitFor('device-no');
  await looking.at(zh, 'phone-move-question', { tap: 44 });
  await zh.tap('device-no');
  await tablet.context.close();
});

test('at the door, one at a time, with the document', async () => {
  await mediator.page.goto(seats.mediator.join_url);
  await mediator.page.getByTestId(`greet-${seats.respondent.id}`).first().click();
  await en.waitFor('private');
  await mediator.page.getByTestId(`greet-${seats.applicant.id}`).first().click();
  await zh.waitFor('private');
  await looking.at(zh, 'phone-door-meeting', { tap: 44 });
  await desk('door-meeting');
  await mediator.page.getByTestId(`compare-open-${seats.applicant.id}`).first().click();
  await mediator.tap(`ask-document-${seats.applicant.id}`);
  await zh.waitFor('document-hold');
  await looking.at(zh, 'phone-document', { tap: 44 });
  await desk('compare');
  await zh.tap('document-hold');
  await mediator.page.keyboard.press('Escape');
  await mediator.page.getByTestId(`compare-open-${seats.respondent.id}`).first().click();
  await mediator.tap(`ask-document-${seats.respondent.id}`);
  await en.waitFor('document-take');
  await looking.at(en, 'elder-en-document', { tap: 56 });
  await en.page.getByTestId('document-take').setInputFiles(picture);
  await en.waitFor('document-photo');
  await looking.at(en, 'elder-en-document-photo', { tap: 56 });
  await en.tap('document-send');
  await mediator.waitFor('document');
  await desk('compare-photo');
  await mediator.page.keyboard.press('Escape');
  await mediator.tap('greet-end');
  await en.waitFor('waiting');
});

test('the sitting, together and in private', async () => {
  await mediator.page.goto(seats.mediator.join_url);
  await mediator.tap('opening-no-conflict');
  await both((person) => person.waitFor('ask'));
  await phones('ask');
  await both((person) => person.tap('ask-away'));
  for (const item of ['rights_told', 'sham_warned', 'address_confirmed']) await mediator.tap(`opening-${item}`);
  await mediator.tap('tab-parties');
  for (const who of ['applicant', 'respondent']) await mediator.tap(`identify-${seats[who].id}`);
  await mediator.tap('sitting-start');
  for (const who of ['applicant', 'respondent']) await mediator.tap(`admit-${seats[who].id}`);
  await both((person) => person.waitFor('together'));
  await phones('together');
  for (const tab of ['minutes', 'agreement', 'table', 'parties']) {
    await mediator.tap(`tab-${tab}`);
    await desk(`sitting-${tab}`);
  }
  await mediator.tap('record');
  await both((person) => person.waitFor('record-yes'));
  await Promise.all([phones('record-question'), desk('record-asking')]);
  await both((person) => person.tap('record-yes'));
  await until('recording is on', async () => (await mediator.see('recording').getAttribute('data-state')) === 'on' || (await zh.page.locator('[data-testid="recording"][data-state="on"]').count()) > 0);
  await phones('recording');
  await mediator.page.keyboard.press('Escape');
  await both((person) => person.tap('more'));
  await phones('more');
  await both((person) => person.tap('more-lines'));
  await phones('lines');
  await both((person) => person.tap('panel-back'));
  await both((person) => person.tap('more'));
  await both((person) => person.tap('more-papers'));
  await both((person) => person.waitFor('papers'));
  await phones('papers-empty');
  await both((person) => person.page.getByTestId('take-photo').setInputFiles(picture));
  await both((person) => person.waitFor('scope-all'));
  await phones('papers-scope');
  await both(async (person) => { await person.tap('scope-all'); await person.tap('hand-in'); await person.waitFor('handed-in'); });
  await phones('papers');
  await mediator.tap('tab-papers');
  await until('papers of both at the desk', async () => (await mediator.page.getByTestId('paper').count()) >= 2);
  await desk('papers');
  await mediator.page.getByTestId('paper-show').first().click();
  await both((person) => person.tap('panel-back'));
  await until('the page is large at the desk', () => mediator.page.getByTestId('shown-page').isVisible());
  await desk('shown');
  await both(async (person) => { if (await person.page.getByTestId('task-shown').isVisible()) await person.tap('task-shown'); });
  await both((person) => person.page.getByTestId('shown-page').waitFor());
  await phones('shown');
  await wide('shown');
  await mediator.tap('shown-clear');
  await both((person) => person.waitFor('together'));
  await wide('together');
  await mediator.tap('tab-table');
  await mediator.page.locator('[data-testid="offer-text"]').fill('墙面修补款');
  await mediator.tap('offer-bids');
  await both((person) => person.waitFor('bid'));
  await phones('bid');
  await both(async (person) => { await person.page.locator('[data-testid="bid"]').fill('1500'); await person.tap('bid-send'); });
  await both((person) => until('the bids are open', () => person.page.locator('.bid').count()));
  await phones('bids-open');
  await Promise.all([desk('offers'), both((person) => person.page.locator('[data-testid="ask"] button').first().click())]);
  await mediator.tap('open-caucus');
  await mediator.tap(`caucus-with-${seats.applicant.id}`);
  await Promise.all([zh.waitFor('private'), en.waitFor('waiting')]);
  await Promise.all([phones('private'), desk('private')]);
  await mediator.tap('stage-close-caucus');
  await both((person) => person.waitFor('together'));
  await both((person) => person.tap('more'));
  await both((person) => person.tap('more-hearing'));
  await both((person) => person.waitFor('interval'));
  await phones('hearing');
  await both((person) => person.tap('panel-back'));
  await both((person) => person.tap('more'));
  await both((person) => person.tap('more-consents'));
  await both((person) => person.waitFor('receipt'));
  await phones('consents');
  await both((person) => person.tap('panel-back'));
});

test('minutes, clauses, signing, the end, at an English desk', async () => {
  await mediator.page.goto(`${seats.mediator.join_url}?lang=en`);
  await mediator.waitFor('tab-minutes');
  await mediator.sees(seats.applicant.id);
  await mediator.tap('tab-parties');
  await wide('en-parties');
  await desk('en-parties');
  await mediator.tap('tab-minutes');
  await mediator.page.getByTestId('minutes-input').fill('双方对院坪垫高约30厘米没有争议。');
  await mediator.tap('minutes-save');
  await both((person) => person.tap('task-minutes'));
  await phones('minutes');
  await both((person) => person.tap('minutes-right'));
  await both((person) => person.tap('panel-back'));
  await mediator.tap('tab-agreement');
  await mediator.tap('clause-add');
  await mediator.page.getByTestId('clause-text').fill('钱永福于2026年12月10日前,以银行转账方式向赵守田支付墙面修补费1800元(壹仟捌佰元整)。');
  await desk('clause');
  await mediator.tap('clause-save');
  await both((person) => person.tap('task-clauses'));
  await phones('clause');
  await both((person) => person.tap('clause-agree'));
  await until('both agree', async () => (await mediator.page.locator('[data-testid="stance-1"][data-stance="agree"]').count()) === 2);
  await mediator.tap('agreement-freeze');
  await desk('ask-once');
  await mediator.tap('ask-yes');
  await both((person) => person.tap('panel-back'));
  await both((person) => person.tap('task-sign'));
  await Promise.all([zh.waitFor('agreement-page', 30_000), en.waitFor('agreement-text', 30_000)]);
  await phones('read');
  await both((person) => person.tap('sign-start'));
  await phones('sign');
  await desk('signing');
  await mediator.tap('sitting-end');
  await desk('end');
  await mediator.page.locator('[data-testid="end-adjourned"]').check();
  await mediator.tap('end-confirm');
  await mediator.waitFor('ended-file');
  await desk('ended');
  await both((person) => person.tap('panel-back'));
  await both((person) => person.waitFor('afterwards'));
  await phones('afterwards');
  await until('the recording is sealed', async () => {
    await mediator.page.goto(`${server.url}/desk/cases/${caseId}`);
    await mediator.tap('paper-recordings');
    await mediator.waitFor('recording-row');
    return (await mediator.see('recording-row').getAttribute('data-status')) === 'finished';
  }, 30_000);
  await desk('recordings');
  await mediator.tap('recording-open');
  await mediator.waitFor('play');
  await desk('playback');
});

test('none of them had a grave fault', (t) => {
  t.diagnostic(`${looking.screens} screens`);
  assert.ok(looking.screens > 50, 'the whole walk was made');
  const found = [...new Set(looking.findings)];
  assert.ok(found.length === 0, found.join('\n'));
});
