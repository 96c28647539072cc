// Experts on call and the incident desk, as five people meet them: the host rings, the first lawyer cannot, the next one
// reads one page, comes for ten minutes and leaves a note; a counsellor's note is nobody else's; a silent call for help is
// at the incident desk, which decides and writes it down. After each step: who must not know, does not.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DESK, PHONE, Person, Server, startChromium, until, atTheDoor, letIn } from './stage.mjs';

// A desk rings longer here than thirty seconds: a loaded machine is no reason for the next one to be rung.
process.env.ONEDOOR__DUTY__RING_SECONDS = '180';

let server, browser, seats, mediator, applicant, respondent;
const QUESTION = '逾期付款的违约金能不能调低';
const text = (person) => person.page.evaluate(() => document.body.innerText);
const shows = (person, words) => until(`${person.name} reads “${words}”`, async () => (await text(person)).includes(words));
const silent = async (person, words, why) => assert.ok(!(await text(person)).includes(words), `${person.name}: ${why}`);
const at = (person, id) => person.page.locator(`[data-testid="${id}"]`);

async function staff(username, viewport = DESK) {
  const person = await Person.arrive(browser, username, viewport);
  const one = server.demo.staff.find((each) => each.username === username);
  await person.page.goto(`${server.url}/desk`);
  await at(person, 'login-username').fill(one.username);
  await at(person, 'login-password').fill(one.password);
  await person.tap('login-submit');
  return person;
}
/** A party says yes to the guest it is asked about. */
async function welcomes(person) {
  await person.waitFor('ask-guest-yes');
  await silent(person, QUESTION, 'that a guest is asked for, not what for');
  await person.tap('ask-guest-yes');
}
async function ring(kind, question) {
  await mediator.tap('tab-table');
  await until('somebody can be rung', () => at(mediator, 'ring-whom').locator('option').count());
  const options = await at(mediator, 'ring-whom').locator('option').evaluateAll((all) => all.map((one) => [one.value, one.textContent]));
  await at(mediator, 'ring-whom').selectOption(options.find(([, words]) => words.includes(kind))[0]);
  await at(mediator, 'ring-question').fill(question);
  await mediator.tap('ring');
}

before(async () => {
  browser = await startChromium();
  server = await Server.start();
  ({ seats, mediator, applicant, respondent } = await atTheDoor(browser, server));
  await mediator.tap('tab-parties');
  await letIn({ seats, mediator, applicant, respondent });
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

test('the host rings a lawyer; the first cannot, the next one reads one page and comes for ten minutes', async () => {
  const xu = await staff('xumingda');
  const qin = await staff('qinruoxi', PHONE);
  await Promise.all([xu.waitFor('calls-none'), qin.waitFor('calls-none')]);
  await qin.shoot('phone-calls-none');
  await ring('律师', QUESTION);
  await xu.waitFor('call-ringing');
  await shows(xu, QUESTION);
  await mediator.waitFor('call-rings');
  await shows(mediator, '正在呼叫 许明达');
  await qin.expectNothing('call-ringing');
  await xu.shoot('desk-call-ringing');
  await mediator.shoot('desk-ringing');
  for (const party of [applicant, respondent]) await silent(party, '许明达', 'nobody is told whose desk rings');

  await xu.tap('call-open');
  await xu.waitFor('one-page');
  await shows(xu, seats.applicant.name);
  await silent(xu, '墙皮', 'no facts on the one page');
  await xu.shoot('desk-one-page');
  await xu.tap('call-decline');
  await xu.waitFor('calls-none');

  await qin.waitFor('call-ringing');
  await qin.shoot('phone-call-ringing');
  await qin.tap('call-open');
  await qin.waitFor('call-answer');
  await qin.shoot('phone-one-page');
  await qin.tap('call-answer');
  await qin.waitFor('visit-waiting');
  await qin.shoot('phone-visit-waiting');
  await mediator.waitFor('call-asking');
  await applicant.waitFor('ask-guest-yes');
  await applicant.shoot('phone-ask-guest');
  await welcomes(applicant);
  await qin.waitFor('visit-waiting');
  await welcomes(respondent);
  await qin.waitFor('visit-clock');
  const host = server.demo.sessions[0].seats.find((seat) => seat.role === 'mediator');
  await qin.sees(host.id);
  await qin.shoot('phone-visit');
  await mediator.waitFor('call-clock');
  await mediator.shoot('desk-visit');

  const minutes = async () => Number((await at(qin, 'visit-clock').innerText()).split(':')[0]);
  assert.ok(await minutes() <= 10);
  await mediator.tap('call-prolong');
  await until('ten minutes more', async () => await minutes() >= 15);
  await qin.tap('visit-leave');
  await qin.waitFor('visit-over');
  await at(qin, 'note-text').fill('约定过分高于损失的，可以请求适当减少。');
  await qin.tap('note-keep');
  await until('the note is kept', async () => (await at(qin, 'note-kept').innerText()).includes('已保存'));
  await qin.shoot('phone-visit-note');
  await mediator.waitFor('expert-left', 25_000);
  await shows(mediator, '可以请求适当减少');
  await mediator.shoot('desk-expert-note');
  for (const party of [applicant, respondent]) await silent(party, '适当减少', 'the note is for the file');
  await Promise.all([xu.context.close(), qin.context.close()]);
});

test('r31 a counsellor comes to one side alone, and the note is nobody else’s', async () => {
  await mediator.tap('open-caucus');
  await mediator.tap(`caucus-with-${seats.applicant.id}`);
  await applicant.waitFor('private');
  const ye = await staff('yeqing');
  await ye.waitFor('calls-none');
  await ring('心理咨询师', '老人情绪激动');
  await ye.tap('call-open');
  await ye.waitFor('one-page');
  await silent(ye, '守田', 'a counsellor reads a family name');
  await ye.shoot('desk-one-page-counsellor');
  await ye.tap('call-answer');
  await applicant.waitFor('ask-guest-yes');
  await applicant.tap('ask-guest-yes');
  await ye.waitFor('visit-clock');
  await ye.shoot('desk-visit-room');
  await at(ye, 'note-text').fill('愿意回来谈，下次留意睡眠');
  await ye.tap('note-keep');
  await until('the note is kept', async () => (await at(ye, 'note-kept').innerText()).includes('已保存'));
  await mediator.tap('call-end');
  await ye.waitFor('visit-over');
  for (const person of [mediator, applicant, respondent]) await silent(person, '留意睡眠', 'a counsellor’s note is nobody else’s');
  await mediator.page.goto(`${server.url}/desk/cases/${server.demo.sessions[0].case_id}`);
  await mediator.waitFor('timeline-event');
  await silent(mediator, '留意睡眠', 'nor in the file');
  await mediator.page.goto(seats.mediator.join_url);
  await mediator.waitFor('stage-close-caucus');
  await mediator.tap('stage-close-caucus');
  await applicant.waitFor('together');
  await ye.context.close();
});

test('the room’s own camera is labelled for all, comes with consent, and rests while anybody talks in private', async () => {
  const one = server.demo.staff.find((each) => each.username === 'linlan');
  const api = async (path, body, token) => {
    const answer = await fetch(`${server.url}/api/v1${path}`, { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) } });
    assert.ok(answer.ok, `${path}: ${answer.status}`);
    return answer.json();
  };
  const { access_token: token } = await api('/login', { username: one.username, password: one.password });
  const session = server.demo.sessions[0].id;
  const seat = await api(`/sessions/${session}/seats`, { role: 'room_camera', side: 'neutral', name: '石桥镇调解室2' }, token);
  const { join_url: link } = await api(`/sessions/${session}/seats/${seat.id}/link`, {}, token);
  const camera = await Person.arrive(browser, 'camera', DESK);
  await camera.page.goto(link);
  await camera.waitFor('camera-start');
  await camera.shoot('desk-camera-door');
  await camera.tap('camera-start');
  await camera.waitFor('camera-live');
  const state = (what) => until(`the camera is ${what}`, async () => (await at(camera, 'camera-live').getAttribute('data-state')) === what);
  await state('waiting');
  await mediator.tap('tab-parties');
  await mediator.tap(`propose-${seat.id}`);
  await applicant.waitFor('ask-guest-yes');
  await shows(applicant, '现场摄像头');
  await applicant.tap('ask-guest-yes');
  await shows(respondent, '现场摄像头');
  await respondent.tap('ask-guest-yes');
  await mediator.tap(`admit-${seat.id}`);
  await state('showing');
  await applicant.sees(seat.id);
  await shows(applicant, '石桥镇调解室2');
  await camera.shoot('desk-camera-showing');
  await applicant.shoot('phone-camera-shown');
  assert.deepEqual(await camera.people(), [], 'it sees and hears nobody');
  await mediator.tap('open-caucus');
  await mediator.tap(`caucus-with-${seats.applicant.id}`);
  await applicant.waitFor('private');
  await state('resting');
  await respondent.noLongerReceives(seat.id);
  await mediator.tap('stage-close-caucus');
  await state('showing');
  await camera.tap('camera-stop');
  await camera.context.close();
});

test('a silent call for help is at the incident desk, which decides and writes it down', async () => {
  const desk = await staff('zhishou');
  await desk.waitFor('incident-none');
  if (await at(respondent, 'ask-away').count()) await respondent.tap('ask-away');
  await applicant.tap('distress');
  await applicant.tap('ask-yes');
  await desk.waitFor('alert');
  await shows(desk, seats.applicant.name);
  await desk.shoot('desk-incident');
  for (const content of [seats.respondent.name, '排水', '纠纷']) await silent(desk, content, 'nothing of the case');
  for (const word of ['求助', '值守']) await silent(respondent, `${seats.applicant.name}${word}`, 'the other side learns nothing');
  await mediator.waitFor('distress-alert');
  await applicant.waitFor('safe-exit');
  await applicant.shoot('phone-safe-exit');
  await desk.tap('alert-seen');
  await shows(mediator, '值守席已接警');
  await mediator.shoot('desk-distress-answered');
  await desk.tap('alert-called_back');
  await at(desk, 'alert-words').fill('老伴接的，说血压高，已让家人来接');
  await desk.tap('alert-close');
  await until('it is closed', async () => (await at(desk, 'alert').first().getAttribute('data-closed')) === 'true');
  assert.equal(await at(desk, 'alert-log').count(), 3);
  await desk.shoot('desk-incident-closed');
  await applicant.tap('safe-exit');
  await until('the screen is blank', async () => applicant.page.url() === 'about:blank');
  await desk.page.setViewportSize(PHONE);
  await desk.shoot('phone-incident');
  await desk.context.close();
});

test('a director keeps the roster', async () => {
  const director = await staff('gaoyuan');
  await director.tap('nav-duty');
  await director.waitFor('duty-line');
  const before = await at(director, 'duty-line').count();
  await director.shoot('desk-roster');
  await director.tap('duty-new');
  const options = await at(director, 'duty-who').locator('option').evaluateAll((all) => all.map((one) => [one.value, one.textContent]));
  await at(director, 'duty-who').selectOption(options.find(([, words]) => words.includes('秦若溪'))[0]);
  await at(director, 'duty-residency').selectOption('rotating');
  await director.shoot('desk-roster-form');
  await director.tap('duty-keep');
  await until('one line more', async () => (await at(director, 'duty-line').count()) === before + 1);
  await director.page.setViewportSize(PHONE);
  await director.shoot('phone-roster');
  await director.context.close();
});
