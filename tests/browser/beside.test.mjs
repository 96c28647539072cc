// Two people at one phone: the desk seats the second one there, both stand in the corridor with an identity to check, and the
// phone says who holds it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Server, atTheDoor, begin, startChromium, until } from './stage.mjs';

let server, browser, seats, mediator, respondent;
const text = (person) => person.page.evaluate(() => document.body.innerText);

before(async () => {
  browser = await startChromium();
  server = await Server.start();
  ({ seats, mediator, respondent } = await atTheDoor(browser, server));
  await mediator.tap('tab-parties');
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

test('the desk seats somebody at another person’s phone, and the phone says who holds it', async () => {
  await mediator.page.getByRole('button', { name: '加一个席位' }).or(mediator.page.locator('.parties .add')).first().click();
  await mediator.page.getByTestId('seat-name').fill('周桂兰');
  await mediator.page.getByTestId('seat-role').selectOption('agent');
  await mediator.page.getByTestId('seat-side').selectOption('respondent');
  await mediator.tap('seat-add');
  const chip = mediator.page.locator('[data-testid^="seat-chip-"]', { hasText: '周桂兰' });
  await chip.waitFor();
  const id = (await chip.getAttribute('data-testid')).slice('seat-chip-'.length);
  await mediator.page.getByTestId(`device-of-${id}`).selectOption({ label: '与钱永福同一台' });
  await until('she is there with his phone', async () => !(await chip.getAttribute('class')).includes('offline'));
  await mediator.page.getByTestId(`device-of-${id}`).scrollIntoViewIfNeeded();
  await mediator.shoot('desk-same-phone');
  await begin(mediator);
  await mediator.tap(`admit-${seats.respondent.id}`);
  await respondent.waitFor('together');
  await mediator.tap(`admit-${id}`);
  await respondent.waitFor('held');
  assert.match(await respondent.see('held').innerText(), /钱永福[\s\S]*周桂兰/);
  await respondent.tap(`hand-${id}`);
  assert.equal(await respondent.see(`hand-${id}`).getAttribute('aria-checked'), 'true');
  await respondent.shoot('phone-held');
  assert.match(await text(respondent), /周桂兰/);
});
