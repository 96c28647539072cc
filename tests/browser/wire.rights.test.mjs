// Rights changed while livekit-client is connected, over the room service, as an admin's tool would.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, test } from 'node:test';
import { openSeat, startChromium, startServer, startSite, until } from './wire.bench.mjs';

let server, site, browser, mediator, witness;

before(async () => {
  [server, site, browser] = await Promise.all([startServer(), startSite(), startChromium()]);
  [mediator, witness] = await Promise.all(['mediator', 'witness'].map((name) => openSeat(browser, site, name)));
  for (const seat of [mediator, witness]) {
    const token = await server.call('GET', `/token?room=rights&identity=${seat.identity}`);
    await seat.call('join', server.url, token, true, { room: { dynacast: true, adaptiveStream: true } });
  }
});

after(async () => {
  await browser?.close();
  site?.stop();
  await server?.stop();
});

function key(more = {}) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const head = part({ alg: 'HS256', typ: 'JWT' });
  const claims = part({ iss: 'devkey', exp: Math.floor(Date.now() / 1000) + 600, video: { roomAdmin: true, room: 'rights', ...more } });
  return `${head}.${claims}.${createHmac('sha256', 'secret').update(`${head}.${claims}`).digest('base64url')}`;
}

async function service(method, body, grant) {
  const response = await fetch(`${server.url}/twirp/livekit.RoomService/${method}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key(grant)}`, 'content-type': 'application/json' },
    body: JSON.stringify({ room: 'rights', ...body }),
  });
  assert.equal(response.status, 200, await response.text());
}

const permit = (permission) => service('UpdateParticipant', { identity: 'witness', permission });

const said = (seat, event) => seat.call('timeline').then((all) => all.filter((one) => one.event === event));

test('a picture shown small is encoded small only, one shown large at once in its large layer (dynacast)', async (t) => {
  await mediator.call('firstFrame', 'witness', 0);
  const active = async () => (await witness.call('layers')).filter((one) => one.active).map((one) => one.rid).join();
  const comes = (what, layers) => until(what, async () => (await active()) === layers).catch(async (error) => {
    throw new Error(`${error.message}: ${JSON.stringify(await witness.call('layers'))}`);
  });
  await mediator.call('show', 'witness', 300);
  await comes('shown small', 'q');
  const since = Date.now();
  await mediator.call('show', 'witness', 1280);
  await comes('shown large', 'q,h');
  t.diagnostic(`shown large → encoded: ${Date.now() - since} ms`);
  await until('a larger picture', async () => (await mediator.call('picture', 'witness')).width === 640);
  await mediator.call('show', 'witness', 0);
  await comes('hidden: the smallest layer alone is kept for who comes next', 'q');
  const again = await mediator.call('now');
  await mediator.call('show', 'witness', 300);
  await mediator.call('firstFrame', 'witness', again);
});

test('what may no longer be published ends on both sides, and can be published again', async (t) => {
  await mediator.call('firstFrame', 'witness', 0);
  const since = await witness.call('now');
  await permit({ canSubscribe: true, canPublish: true, canPublishData: true, canPublishSources: ['MICROPHONE'] });
  const [ended] = await until('the camera ends at the witness', async () => {
    const found = await said(witness, 'LocalTrackUnpublished');
    return found.length > 0 && found;
  });
  assert.equal(ended.kind, 'video');
  t.diagnostic(`right taken → unpublished: ${(ended.at - since).toFixed(0)} ms`);
  const frames = await mediator.call('frames', 'witness');
  assert.ok((await said(witness, 'Permissions')).length > 0, 'the client is told of its rights');
  await assert.rejects(witness.call('camera', true), /permission/i);
  assert.equal(await mediator.call('frames', 'witness'), frames, 'no frame after it');
  assert.ok((await mediator.call('loudness', 'witness', 0.01)) > 0.01, 'control: the microphone goes on');
  await permit({ canSubscribe: true, canPublish: true, canPublishData: true });
  const again = await mediator.call('now');
  await witness.call('camera', true);
  await mediator.call('firstFrame', 'witness', again);
});

test('data without the right to send it reaches nobody', async () => {
  await permit({ canSubscribe: true, canPublish: true, canPublishData: false });
  await witness.call('say', '偷偷说').catch(() => {});
  await permit({ canSubscribe: true, canPublish: true, canPublishData: true });
  await witness.call('say', '现在可以了');
  await until('control: data with the right', async () => (await said(mediator, 'Data')).some((one) => one.text === '现在可以了'));
  assert.ok(!(await said(mediator, 'Data')).some((one) => one.text === '偷偷说'));
});

test('who may not receive sees and hears nothing, and then again', async () => {
  await witness.call('firstFrame', 'mediator', 0);
  await permit({ canSubscribe: false, canPublish: true, canPublishData: true });
  await until('frames stop', async () => {
    const frames = await witness.call('frames', 'mediator');
    await new Promise((later) => setTimeout(later, 700));
    return (await witness.call('frames', 'mediator')) === frames;
  });
  const since = await witness.call('now');
  await permit({ canSubscribe: true, canPublish: true, canPublishData: true });
  await witness.call('firstFrame', 'mediator', since);
});

test('who is moved to another room publishes there again by itself, and the one left behind sees nothing more', async (t) => {
  await mediator.call('firstFrame', 'witness', 0);
  const move = (identity) => service('MoveParticipant', { identity, destinationRoom: 'side' }, { destinationRoom: 'side' });
  await move('witness');
  await until('the mediator is alone', async () => (await mediator.call('people')).length === 0);
  // livekit-client 2.23 keeps back what it subscribes between `Reconnected` and the end of its own attempt, and forgets it.
  await until('in the other room', () => witness.page.evaluate(() => window.room.name === 'side' && window.room.state === 'connected' && !window.room.engine.pendingReconnect));
  const [since, sinceWitness] = [await mediator.call('now'), await witness.call('now')];
  await move('mediator');
  const times = await Promise.all([mediator.call('firstFrame', 'witness', since), witness.call('firstFrame', 'mediator', sinceWitness)]);
  t.diagnostic(`moved → first frame there: ${times.map((one) => one.toFixed(0)).join(' and ')} ms`);
});
