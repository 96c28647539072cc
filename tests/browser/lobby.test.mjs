// Before a sitting: the mediator sees of each seat what its device test found and who sits beside it, and nobody else does;
// a sitting that cannot begin is put off to a date, which is the next sitting's.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Server, startChromium, until, atTheDoor } from './stage.mjs';

let server, browser, seats, mediator, applicant, respondent;
const text = (person) => person.page.evaluate(() => document.body.innerText);
const acts = (who) => mediator.see(`acts-${seats[who].id}`).innerText();

before(async () => {
  browser = await startChromium();
  server = await Server.start();
  ({ seats, mediator, applicant, respondent } = await atTheDoor(browser, server, { company: '孙女小敏' }));
  await mediator.tap('tab-parties');
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

test('the mediator sees what each device test found, the way of the media and who is beside them', async () => {
  for (const who of ['applicant', 'respondent']) {
    await until(`the ${who}'s device test at the desk`, async () => (await acts(who)).includes('网络走 UDP'));
    assert.match(await acts(who), /设备：都好/);
    assert.match(await acts(who), /身边有：孙女小敏/);
  }
  await mediator.shoot('desk-readiness');
  for (const party of [applicant, respondent]) assert.ok(!(await text(party)).includes('小敏'), 'the other side learns nothing of it');
});

test('nobody is said not to have come while both are there', async () => {
  await mediator.tap('sitting-end');
  await mediator.waitFor('end-no_show');
  await mediator.shoot('desk-put-off');
  await mediator.tap('end-no_show');
  await mediator.tap('end-confirm');
  await until('the refusal, and why', async () => /还没有等够|当事人都在线/.test(await text(mediator)));
});

test('put off to a date: everybody is told, and the next sitting stands', async () => {
  await mediator.tap('end-adjourned');
  const field = mediator.page.locator('.next input[role=combobox]');
  const next = new Date(Date.now() + 3 * 86_400_000);
  const day = new Intl.DateTimeFormat('sv-SE', { year: 'numeric', month: '2-digit', day: '2-digit' }).format(next);
  await field.click();
  // The calendar is inside the dialog: one outside could be seen and not reached.
  await mediator.page.locator('dialog .el-picker-panel').getByText(String(Number(day.slice(-2))), { exact: true }).last().click({ trial: true });
  await mediator.shoot('desk-next-calendar');
  await field.fill(`${day} 09:30`);
  await field.press('Enter');
  await mediator.shoot('desk-next-date');
  await mediator.tap('end-confirm');
  await Promise.all([applicant, respondent].map((party) => party.waitFor('afterwards')));
  await applicant.shoot('phone-put-off');
  await mediator.tap('ended-file');
  await until('the next sitting in the file', async () => (await text(mediator)).includes('09:30'));
  await mediator.shoot('desk-next-sitting');
});
