// Debian's coturn with the sample of deploy/coturn, its addresses and keys replaced: what is tested is what is shipped.
import { execFileSync, spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { until } from './wire.bench.mjs';

const SAMPLE = fileURLToPath(new URL('../../deploy/coturn/turnserver.conf', import.meta.url));
export const SECRET = 'a-secret-of-this-test';

/** Why there is no relay here, or nothing. */
export function noRelay() {
  return existsSync('/usr/bin/turnserver') ? undefined : 'coturn is missing: apt-get install coturn';
}

/** The sample with these settings replaced; `null` leaves a line out. */
function settings(changes) {
  let text = readFileSync(SAMPLE, 'utf8');
  for (const [key, value] of Object.entries(changes)) {
    const line = new RegExp(`^${key}(=.*)?$`, 'gm');
    if (!line.test(text)) throw new Error(`the sample has no ${key}`);
    text = text.replace(line, value === null ? '' : `${key}=${value}`);
  }
  return text;
}

/** The relay on `address` inside the made network `net`; `open: true` is the control without the denied ranges. */
export async function startRelay(net, address, peer, { open = false } = {}) {
  const at = (name) => path.join(net.folder, name);
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', '/CN=relay',
    '-addext', `subjectAltName=IP:${address}`, '-addext', 'basicConstraints=critical,CA:FALSE', '-keyout', at('relay.key'), '-out', at('relay.crt')], { stdio: 'pipe' });
  let text = settings({ 'static-auth-secret': SECRET, realm: 'onedoor.test', cert: at('relay.crt'), pkey: at('relay.key'), 'allowed-peer-ip': peer });
  if (open) text = text.replace(/^denied-peer-ip=.*$/gm, '');
  const file = at(`turnserver-${open}.conf`);
  writeFileSync(file, `${text}\nlistening-ip=${address}\nrelay-ip=${address}\nuserdb=${at('turndb')}\npidfile=${at('turn.pid')}\n`);
  const [program, words] = net.inside('/usr/bin/turnserver', '-c', file);
  const child = spawn(program, words, { cwd: net.folder, stdio: ['ignore', 'pipe', 'pipe'] });
  const relay = { log: '', certificate: at('relay.crt'), address };
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => { relay.log += chunk; });
  relay.stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  const answers = () => {
    if (child.exitCode !== null) throw new Error('coturn ended');
    const [ask, how] = net.inside('timeout', '2', 'turnutils_stunclient', address);
    return /reflexive addr/i.test(execFileSync(ask, how, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }));
  };
  await until('the relay answers', () => { try { return answers(); } catch { return child.exitCode !== null; } }, 10_000).catch(() => undefined);
  if (child.exitCode !== null || !answers()) {
    await relay.stop();
    throw new Error(`no relay: ${relay.log.slice(-3000)}`);
  }
  relay.urls = { udp: `turn:${address}:3478?transport=udp`, tcp: `turn:${address}:3478?transport=tcp`, tls: `turns:${address}:5349?transport=tcp` };
  return relay;
}

/** A credential as OneDoor makes it; `life` in seconds, negative for one that has expired. */
export function credential(identity, { life = 3600, secret = SECRET } = {}) {
  const username = `${Math.floor(Date.now() / 1000) + life}:${identity}`;
  return { username, credential: createHmac('sha1', secret).update(username).digest('base64') };
}
