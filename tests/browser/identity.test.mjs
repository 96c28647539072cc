// R8, R9: before the start the mediator meets one person at the door, asks for the document and compares its photo, or a
// frozen moment of the live picture, with the face. The other side learns nothing of it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Server, startChromium, until, atTheDoor } from './stage.mjs';

let server, browser, seats, mediator, applicant, respondent, id;
const folder = mkdtempSync(path.join(tmpdir(), 'onedoor-document-'));
const photo = path.join(folder, 'IMG_0007.jpg');
const text = (person) => person.page.evaluate(() => document.body.innerText);
const at = (person, testid) => person.page.getByTestId(testid);

before(async () => {
  execFileSync('ffmpeg', ['-loglevel', 'error', '-f', 'lavfi', '-i', 'color=c=#dfe7ee:s=1200x760', '-vf', 'drawbox=x=780:y=120:w=320:h=420:color=#8fa3b5:t=fill,drawbox=x=80:y=600:w=860:h=60:color=#46535f:t=fill', '-frames:v', '1', '-y', photo]);
  browser = await startChromium();
  server = await Server.start();
  ({ seats, mediator, applicant, respondent } = await atTheDoor(browser, server));
  id = (role) => seats[role].id;
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

test('in the lobby nobody is seen; at the door the mediator and one person see each other', async () => {
  await at(mediator, `greet-${id('applicant')}`).first().click();
  await applicant.waitFor('private');
  assert.equal(await at(applicant, 'private').getAttribute('data-where'), 'door');
  await mediator.sees(id('applicant'));
  await applicant.sees(id('mediator'));
  await mediator.shoot('desk-at-the-door');
  await applicant.shoot('phone-at-the-door');
  assert.match(await text(applicant), /门口见面/);
  await until('who alone hears', async () => /现在只有.*能听到您/.test(await text(applicant)));
  await respondent.waitFor('waiting');
  assert.ok(!(await respondent.page.evaluate(() => window.__onedoor.people())).length, 'the next in line sees nobody');
});

test('the photo of the document stands beside the face, for the mediator alone', async () => {
  await at(mediator, `compare-open-${id('applicant')}`).first().click();
  await mediator.waitFor(`compare-${id('applicant')}`);
  await mediator.tap('freeze');
  await mediator.waitFor('still');
  await until('a picture in the still', () => at(mediator, 'still').evaluate((canvas) => canvas.width > 100 && canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.some((byte, n) => n % 4 !== 3 && byte > 30)));
  await mediator.tap(`ask-document-${id('applicant')}`);
  await applicant.waitFor('document-take');
  await applicant.shoot('phone-document-asked');
  await at(applicant, 'document-take').setInputFiles(photo);
  await applicant.waitFor('document-photo');
  await applicant.shoot('phone-document-photo');
  await applicant.tap('document-send');
  await until('the sheet is gone', async () => !(await at(applicant, 'document-send').isVisible()));
  await mediator.page.getByRole('button', { name: '证件照片' }).click();
  await mediator.waitFor('document');
  await until('its pixels', () => at(mediator, 'document').evaluate((image) => image.complete && image.naturalWidth > 500));
  await mediator.shoot('desk-compare');
  await at(mediator, 'compare-tail').fill('0017');
  await mediator.tap('compare-yes');
  await until('the applicant is known', async () => !(await at(mediator, `compare-open-${id('applicant')}`).first().isVisible().catch(() => false)));
});

test('the next one: the first is out of sight in the same moment, and holds the document to the camera', async () => {
  await at(mediator, `greet-${id('respondent')}`).first().click();
  await respondent.waitFor('private');
  await applicant.waitFor('waiting');
  await mediator.sees(id('respondent'));
  await until('the applicant sees nobody', async () => (await applicant.page.evaluate(() => window.__onedoor.people())).length === 0);
  assert.ok(!(await text(respondent)).includes('身份证件'));
  await at(mediator, `compare-open-${id('respondent')}`).first().click();
  await mediator.tap(`ask-document-${id('respondent')}`);
  await respondent.tap('document-hold');
  await mediator.tap('compare-yes');
  await mediator.tap('greet-end');
  await respondent.waitFor('waiting');
});
