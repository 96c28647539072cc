// The main job, end to end: a mediator at a desk and two residents on phones hold a real video mediation, together and
// in private, agree clause by clause, sign on the phone; the sealed PDF hangs on the case file.
//
// One browser a person; the server is the real demo. Every screen on the way is written to tests/shots.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { copyFile, readFile, readdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { DESK, PHONE, Person, Server, draw, signIn, startChromium, until, walkIn, begin, learnSeats } from './stage.mjs';

const run = promisify(execFile);
const python = process.env.ONEDOOR_TEST_PYTHON ?? 'python3';
let server, browser, sitting, seats, mediator, applicant, respondent;

before(async () => {
  browser = await startChromium();
  server = await Server.start();
  [sitting] = server.demo.sessions;
  seats = Object.fromEntries(['mediator', 'applicant', 'respondent'].map((role) => [role, sitting.seats.find((seat) => seat.role === role)]));
  mediator = await Person.arrive(browser, 'mediator', DESK);
  applicant = await Person.arrive(browser, 'applicant', PHONE);
  respondent = await Person.arrive(browser, 'respondent', PHONE);
});

after(async () => {
  await browser?.close();
  if (process.env.ONEDOOR_JOURNEY_LOG) await writeFile(process.env.ONEDOOR_JOURNEY_LOG, server.log);
  await server?.stop();
});

/** The ids of the seats, read from the corridor, for demo.json names people, not ids. */
test('the mediator signs in and opens the sitting', async () => {
  await signIn(mediator, server, 'mediator', '/desk');
  await mediator.waitFor('today-session');
  await mediator.shoot('desk-1-today');
  await mediator.page.goto(seats.mediator.join_url);
  await mediator.waitFor('sitting-start');
  await learnSeats(mediator, seats);
  assert.ok(Object.values(seats).every((seat) => seat.id));
  await mediator.shoot('desk-2-before');
});

test('two residents walk in, each waits alone and sees nobody', async () => {
  await Promise.all([walkIn(applicant, seats.applicant.join_url, { shoot: 'phone' }), walkIn(respondent, seats.respondent.join_url)]);
  await Promise.all([applicant.waitFor('waiting'), respondent.waitFor('waiting')]);
  await applicant.shoot('phone-4-waiting');
  for (const person of [applicant, respondent]) assert.deepEqual(await person.people(), [], `${person.name} in the lobby`);
});

test('the mediator begins and admits them: everybody sees and hears everybody', async () => {
  await begin(mediator);
  await mediator.tap(`admit-${seats.applicant.id}`);
  await applicant.waitFor('together');
  assert.ok(!(await applicant.people()).includes(seats.respondent.id), 'who still waits is not seen');
  await mediator.tap(`admit-${seats.respondent.id}`);
  await respondent.waitFor('together');
  const pairs = [[mediator, 'applicant'], [mediator, 'respondent'], [applicant, 'mediator'], [applicant, 'respondent'], [respondent, 'mediator'], [respondent, 'applicant']];
  for (const [who, whom] of pairs) {
    await who.sees(seats[whom].id);
    await who.hears(seats[whom].id);
  }
  await mediator.shoot('desk-3-together');
  await applicant.shoot('phone-5-together');
});

test('a phone that reloads comes back to the same place', async () => {
  await applicant.page.reload();
  await applicant.waitFor('together');
  await applicant.sees(seats.mediator.id);
  await mediator.sees(seats.applicant.id);
});

test('in a private talk the other side receives nothing', async () => {
  await mediator.tap('open-caucus');
  await mediator.tap(`caucus-with-${seats.applicant.id}`);
  await applicant.waitFor('private');
  await respondent.waitFor('waiting');
  await respondent.noLongerReceives(seats.mediator.id);
  await respondent.noLongerReceives(seats.applicant.id);
  await applicant.sees(seats.mediator.id);
  await applicant.hears(seats.mediator.id);
  assert.ok(!(await respondent.page.locator('body').innerText()).includes(seats.applicant.name), 'not even a name');
  await mediator.shoot('desk-4-private');
  await applicant.shoot('phone-6-private');
  await respondent.shoot('phone-7-waits-outside');
  await mediator.tap('close-caucus');
  await Promise.all([applicant.waitFor('together'), respondent.waitFor('together')]);
  // The control: the same counters move again once the pair is allowed again.
  await respondent.hears(seats.applicant.id);
  await respondent.sees(seats.mediator.id);
});

const CLAUSES = [
  '钱永福于2026年12月20日前,沿两家界址自费修一条排水沟,长9米、宽0.3米。',
  '钱永福于2026年12月10日前,以银行转账方式向赵守田支付墙面修补费1800元(壹仟捌佰元整)。',
];

test('minutes are written and read back', async () => {
  await mediator.tap('tab-minutes');
  await mediator.tap('minutes-kind-undisputed_fact');
  await mediator.page.locator(`[data-testid="minutes-speaker"][data-speaker="${seats.applicant.name}"]`).click();
  await mediator.page.getByTestId('minutes-input').fill('双方对院坪垫高约30厘米、东墙墙皮脱落约12平方米没有争议。');
  await mediator.tap('minutes-save');
  await mediator.waitFor('minutes-entry');
  await mediator.shoot('desk-5-minutes');
});

test('clauses are agreed one by one', async () => {
  await mediator.tap('tab-agreement');
  for (const [n, text] of CLAUSES.entries()) {
    await mediator.tap('clause-add');
    await mediator.page.getByTestId('clause-text').fill(text);
    await mediator.tap('clause-save');
    await mediator.waitFor(`clause-${n + 1}`);
  }
  const seen = [];
  for (const person of [applicant, respondent]) {
    await person.tap('task-clauses');
    for (const n of CLAUSES.keys()) {
      // The next clause that asks for an answer comes up by itself.
      const id = await until(`clause ${n + 1} on ${person.name}'s phone`, async () => {
        const shown = await person.see('clause').getAttribute('data-clause');
        return seen.includes(`${person.name} ${shown}`) ? null : shown;
      });
      seen.push(`${person.name} ${id}`);
      if (n === 0 && person === applicant) await person.shoot('phone-8-clause');
      await person.tap('clause-agree');
      const agreed = person === applicant ? 1 : 2;
      await until(`${person.name}'s stance at the desk`, async () => (await mediator.page.locator(`[data-testid="stance-${n + 1}"][data-stance="agree"]`).count()) >= agreed);
    }
  }
  await mediator.shoot('desk-6-agreed');
});

test('the text is frozen and everybody signs', async () => {
  await mediator.tap('agreement-freeze');
  await mediator.tap('ask-yes');
  for (const person of [applicant, respondent]) {
    await person.tap('panel-back');
    await person.tap('task-sign');
    await person.waitFor('sign');
    await person.waitFor('agreement-page', 30_000);
    if (person === applicant) await person.shoot('phone-9-read');
    await person.tap('sign-start');
    await draw(person);
    if (await person.page.getByTestId('sign-drawn').count()) await person.tap('sign-drawn');
    const code = (await person.see('sms').innerText()).match(/\d{6}/)?.[0];
    assert.ok(code, 'the demo shows the code like a text message');
    await person.page.getByTestId('sign-code').fill(code);
    if (person === applicant) await person.shoot('phone-10-sign');
    await person.tap('sign-confirm');
    await person.waitFor('signed');
  }
  await mediator.tap('sign-open');
  await draw(mediator);
  await mediator.tap('sign-send-code');
  const code = await mediator.see('demo-code').innerText();
  await mediator.page.getByTestId('sign-code').fill(code.match(/\d{6}/)[0]);
  await mediator.shoot('desk-7-signing');
  await mediator.tap('sign-confirm');
});

/** The authority behind the newest seal (this centre sealed just now), as a DER file for an independent validator. */
async function trustAnchor() {
  const seals = path.join(server.data, 'seal');
  const chains = (await readdir(seals, { recursive: true })).filter((name) => name.endsWith('seal-chain.pem'));
  const made = await Promise.all(chains.map(async (name) => ({ file: path.join(seals, name), at: (await stat(path.join(seals, name))).mtimeMs })));
  const [newest] = made.sort((one, other) => other.at - one.at);
  const certificates = (await readFile(newest.file, 'utf8')).match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g);
  const file = path.join(server.data, 'anchor.der');
  await writeFile(file, new X509Certificate(certificates.at(-1)).raw);
  return file;
}

test('the sealed agreement hangs on the case and two validators accept it', async () => {
  await until('the seal', () => mediator.page.locator('[data-testid="agreement-sealed"][data-state="effective"]').count(), 60_000);
  await mediator.shoot('desk-8-sealed');
  const [download] = await Promise.all([mediator.page.waitForEvent('download'), mediator.tap('agreement-download')]);
  const pdf = path.join(server.data, 'agreement.pdf');
  await copyFile(await download.path(), pdf);
  const { stdout: poppler } = await run('pdfsig', ['-nocert', pdf]);
  assert.match(poppler, /Signature is Valid/);
  assert.match(poppler, /Total document signed/);
  const { stdout: hanko } = await run(python, [path.join(import.meta.dirname, '../python/verify_pdf.py'), pdf, await trustAnchor()]);
  assert.match(hanko, /intact=True valid=True trusted=True coverage=ENTIRE_FILE bottom_line=True/);
});

test('the sitting ends and nobody met an error', async () => {
  await mediator.tap('sitting-end');
  await mediator.tap('end-agreed');
  await mediator.tap('end-confirm');
  await mediator.waitFor('ended-file');
  await mediator.shoot('desk-9-ended');
  await applicant.tap('panel-back');
  await applicant.waitFor('afterwards');
  await applicant.shoot('phone-11-afterwards');
  for (const person of [mediator, applicant, respondent]) assert.deepEqual(person.faults, [], `${person.name}'s page threw`);
});
