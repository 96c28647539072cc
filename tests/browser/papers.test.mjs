// Papers on the table: a phone hands in a photo and a contract, the mediator shows them, the other side sees page, pointer
// and mark; what was for the mediator alone, and what is shown in private, is nowhere on the other phone.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Server, startChromium, until, atTheDoor, letIn } from './stage.mjs';

let server, browser, folder, seats, mediator, applicant, respondent;
const at = (person, id) => person.page.locator(`[data-testid="${id}"]`);
const text = (person) => person.page.evaluate(() => document.body.innerText);
const silent = async (person, words, why) => assert.ok(!(await text(person)).includes(words), `${person.name}: ${why}`);
/** The page is on the screen as pixels, not as an address. */
const sees = (person) => until(`${person.name} sees a page`, () => at(person, 'shown-page').first().evaluate((img) => img.complete && img.naturalWidth > 500, undefined, { timeout: 15_000 }));

const WALL = '<body style="margin:0;background:linear-gradient(#d8cdb8,#b9a888);block-size:900px;font-family:Noto Serif CJK SC"><div style="position:absolute;inset:420px 120px 60px;background:radial-gradient(#8f8268,#b3a27f00 70%)"></div><p style="position:absolute;inset-block-start:24px;inset-inline-start:36px;color:#5b4c33;font-size:30px">东墙 · 雨后 · 2026年4月12日</p></body>';
const contract = (pages) => `<body style="margin:0;font-family:Noto Serif CJK SC">${Array.from({ length: pages }, (_, n) => `<section style="page-break-after:always;padding:70px"><h1 style="text-align:center">农村土地流转合同</h1><p style="font-size:20px;line-height:2">第 ${n + 1} 页。甲方：孙有粮。乙方：丰禾家庭农场。流转土地面积四点六亩，年租金每亩六百元，每年十一月三十日前付清。田埂不得擅自犁除。</p></section>`).join('')}</body>`;

before(async () => {
  browser = await startChromium();
  folder = await mkdtemp(path.join(os.tmpdir(), 'onedoor-papers-'));
  const desk = await browser.newPage({ viewport: { width: 1200, height: 900 } });
  await desk.setContent(WALL);
  await desk.screenshot({ path: path.join(folder, '东墙照片.jpg'), type: 'jpeg' });
  await desk.setContent(contract(3));
  await desk.pdf({ path: path.join(folder, '流转合同.pdf'), format: 'A4' });
  await desk.close();
  server = await Server.start();
  ({ seats, mediator, applicant, respondent } = await atTheDoor(browser, server));
  await letIn({ seats, mediator, applicant, respondent });
});

after(async () => {
  await browser?.close();
  await server?.stop();
  if (folder) await rm(folder, { recursive: true, force: true });
});

async function handIn(file, scope) {
  await at(applicant, file.endsWith('.pdf') ? 'choose-file' : 'take-photo').setInputFiles(typeof file === 'string' && path.isAbsolute(file) ? file : path.join(folder, file));
  await applicant.tap(`scope-${scope}`);
  await applicant.shoot(`phone-paper-scope-${scope}`);
  await applicant.tap('hand-in');
  await applicant.waitFor('handed-in');
}

test('a phone hands in a photo for the mediator alone and a contract for everybody', async () => {
  await applicant.tap('more');
  await applicant.tap('more-papers');
  await applicant.waitFor('papers');
  await applicant.shoot('phone-papers-empty');
  await handIn('东墙照片.jpg', 'mediator');
  await handIn('流转合同.pdf', 'all');
  await applicant.shoot('phone-papers');
  await mediator.tap('tab-papers');
  await until('both papers are on the desk', async () => (await at(mediator, 'paper').count()) === 2);
  await mediator.shoot('desk-papers');
  await respondent.tap('more');
  await respondent.tap('more-papers');
  await until('one paper is on his phone', async () => (await at(respondent, 'paper').count()) === 1);
  await silent(respondent, '东墙', 'what is for the mediator alone has no name here');
  await respondent.tap('panel-back');
});

test('t13 what is no paper is refused with words that say what to do', async () => {
  await at(applicant, 'choose-file').setInputFiles({ name: '说明.pdf', mimeType: 'application/pdf', buffer: Buffer.from('<html><script>alert(1)</script>') });
  await applicant.tap('scope-all');
  await applicant.tap('hand-in');
  await applicant.waitFor('hand-in-fault');
  assert.match(await text(applicant), /只收照片和 PDF/);
  await applicant.shoot('phone-papers-refused');
  await applicant.tap('choose-other');
  await writeFile(path.join(folder, '太大.jpg'), Buffer.alloc(21 * 1024 * 1024, 1));
  await at(applicant, 'choose-file').setInputFiles(path.join(folder, '太大.jpg'));
  await applicant.waitFor('hand-in-fault');
  await applicant.tap('panel-back');
});

test('the mediator shows the contract: both phones see page, pointer and the turn of a page', async () => {
  await mediator.page.locator('[data-testid="paper"]', { hasText: '流转合同' }).getByTestId('paper-show').click();
  await Promise.all([applicant, respondent].map((person) => person.waitFor('shown')));
  await Promise.all([mediator, applicant, respondent].map(sees));
  await mediator.tap('page-after');
  await until('page 2 on the phone', async () => (await text(respondent)).includes('第 2 页'));
  await Promise.all([mediator, respondent].map(sees));
  const box = await at(mediator, 'shown-page').first().boundingBox();
  await mediator.page.mouse.move(box.x + box.width * 0.4, box.y + Math.min(box.height, 400) * 0.3);
  await mediator.page.mouse.move(box.x + box.width * 0.5, box.y + Math.min(box.height, 400) * 0.5, { steps: 5 });
  await respondent.waitFor('pointer');
  await Promise.all([mediator.shoot('desk-shown'), respondent.shoot('phone-shown')]);
  await respondent.tap('page-larger');
  await respondent.shoot('phone-shown-larger');
  await at(respondent, 'shown-page').first().click({ position: { x: 120, y: 160 } });
  await until('his finger on the desk', async () => (await at(mediator, 'pointer').allInnerTexts()).some((name) => name.includes(seats.respondent.name)));
});

test('he objects, in words; the original is shown; all of it is there after a reload', async () => {
  await respondent.tap('mark-disputed');
  await at(respondent, 'objection').fill('第 2 页的面积不对');
  await respondent.tap('objection-send');
  await respondent.waitFor('my-mark');
  await respondent.shoot('phone-disputed');
  await until('the objection on the desk', async () => (await text(mediator)).includes('第 2 页的面积不对'));
  await mediator.page.locator('[data-testid="paper"]', { hasText: '流转合同' }).getByTestId('paper-original').click();
  await until('the mark on the desk', async () => (await text(mediator)).includes('原件已出示：') || (await at(mediator, 'paper').filter({ hasText: '流转合同' }).locator('li').count()) === 2);
  await mediator.shoot('desk-papers-marked');
  await respondent.page.reload();
  await respondent.waitFor('shown', 30_000);
  await sees(respondent);
  await respondent.waitFor('my-mark');
});

test('t1 in a private talk the photo is on the table, and nothing of it on the other phone', async () => {
  await mediator.tap('shown-clear');
  await until('the page is gone', async () => (await at(respondent, 'shown').count()) === 0);
  await mediator.tap('open-caucus');
  await mediator.tap(`caucus-with-${seats.applicant.id}`);
  await applicant.waitFor('private');
  await mediator.page.locator('[data-testid="paper"]', { hasText: '东墙照片' }).getByTestId('paper-show').click();
  await applicant.waitFor('shown');
  await Promise.all([mediator, applicant].map(sees));
  await Promise.all([mediator.shoot('desk-shown-private'), applicant.shoot('phone-shown-private')]);
  await respondent.expectNothing('shown');
  await silent(respondent, '东墙', 'not even that it exists');
  for (const person of [mediator, applicant, respondent]) assert.deepEqual(person.faults, []);
});
