// Networks made for a test: the server in a namespace of its own, each client in another, joined by wires whose loss,
// delay, jitter and rate can be told (bad-wire.py), or cut. Nothing of it touches the machine's own network but one
// clean line by which the test steers the server. Addresses are of 198.18.0.0/15, which RFC 2544 keeps for tests.
import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import readline from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const here = path.dirname(fileURLToPath(import.meta.url));
const ip = (...words) => execFileSync('ip', words, { stdio: ['ignore', 'pipe', 'pipe'] });

/** Why no network can be made here, or nothing: then stories on networks are skipped, with this reason. */
export function impossible() {
  if (process.getuid() !== 0) return 'network namespaces need root';
  const name = `od-try-${process.pid}`;
  try {
    ip('netns', 'add', name);
    execFileSync('python3', ['-c', 'import os; os.close(os.open("/dev/net/tun", os.O_RDWR))'], { stdio: 'pipe' });
    return undefined;
  } catch (error) {
    return `network namespaces or /dev/net/tun are not permitted here: ${String(error.stderr ?? error.message).trim()}`;
  } finally {
    try { ip('netns', 'del', name); } catch { /* was not made */ }
  }
}

/** The server's place, and the wires that lead to it. */
export class Network {
  /** Where the server listens, as every client sees it. */
  address = '198.18.0.1';
  places = [];

  static lay() {
    const net = new Network();
    net.mark = (process.pid % 10_000).toString(36);
    net.name = `od-srv-${net.mark}`;
    net.folder = mkdtempSync(path.join(tmpdir(), 'onedoor-network-'));
    // Of another test beside this one the line must differ: a /30 chosen by the process.
    const line = (process.pid % 16_000) * 4;
    const at = (n) => `198.19.${(line + n) >> 8}.${(line + n) & 255}`;
    ip('netns', 'add', net.name);
    ip('-n', net.name, 'link', 'set', 'lo', 'up');
    ip('-n', net.name, 'addr', 'add', `${net.address}/32`, 'dev', 'lo');
    // So that a server asking which address it has on the network is told this one.
    ip('-n', net.name, 'route', 'add', 'default', 'dev', 'lo', 'src', net.address);
    net.line = `od-l-${net.mark}`;
    ip('link', 'add', net.line, 'type', 'veth', 'peer', 'name', 'od-steer', 'netns', net.name);
    ip('addr', 'add', `${at(1)}/30`, 'dev', net.line);
    ip('link', 'set', net.line, 'up');
    ip('-n', net.name, 'addr', 'add', `${at(2)}/30`, 'dev', 'od-steer');
    ip('-n', net.name, 'link', 'set', 'od-steer', 'up');
    /** Where the test itself reaches the server. */
    net.steer = at(2);
    return net;
  }

  /** A namespace for one client, on a wire of its own. */
  async place(n) {
    const place = new Place(this, n);
    await place.plug();
    this.places.push(place);
    return place;
  }

  /** The words that start a program beside the server. */
  inside(program, ...words) {
    return ['ip', ['netns', 'exec', this.name, program, ...words]];
  }

  async clear() {
    for (const place of this.places) await place.clear();
    try { ip('link', 'del', this.line); } catch { /* gone with the namespace */ }
    ip('netns', 'del', this.name);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** One client's place: 198.18.n.2 behind a wire whose other end is the server's. */
class Place {
  #asked = 0;
  #waiting = new Map();

  constructor(net, n) {
    Object.assign(this, { net, n, name: `od-c${n}-${net.mark}`, device: `od-w${n}`, host: 2 });
  }

  async plug() {
    const { net, n, name, device } = this;
    ip('netns', 'add', name);
    ip('-n', name, 'link', 'set', 'lo', 'up');
    const far = `od-s${n}`;
    this.wire = spawn('python3', [path.join(here, 'bad-wire.py'), name, device, net.name, far], { stdio: ['pipe', 'pipe', 'inherit'] });
    const lines = readline.createInterface({ input: this.wire.stdout });
    await once(lines, 'line');
    lines.on('line', (line) => {
      const said = JSON.parse(line);
      this.#waiting.get(said.id)?.(said);
      this.#waiting.delete(said.id);
    });
    ip('-n', net.name, 'addr', 'add', `198.18.${n}.1/24`, 'dev', far);
    ip('-n', net.name, 'link', 'set', far, 'up');
    this.address();
  }

  /** Takes an address, and the way out with it. */
  address() {
    ip('-n', this.name, 'addr', 'flush', 'dev', this.device);
    ip('-n', this.name, 'addr', 'add', `198.18.${this.n}.${this.host}/24`, 'dev', this.device);
    ip('-n', this.name, 'link', 'set', this.device, 'up');
    ip('-n', this.name, 'route', 'replace', 'default', 'via', `198.18.${this.n}.1`);
  }

  /** The wire from now on, the same both ways unless told apart; answers what went over it until now. */
  terms(up = {}, down = up) {
    const id = (this.#asked += 1);
    const answer = new Promise((resolve) => { this.#waiting.set(id, resolve); });
    this.wire.stdin.write(`${JSON.stringify({ id, up, down })}\n`);
    return answer;
  }

  /** The link goes down, the address with it. */
  cut() {
    ip('-n', this.name, 'link', 'set', this.device, 'down');
    ip('-n', this.name, 'addr', 'flush', 'dev', this.device);
  }

  /** The link is there again, under a new address: another network. */
  mend() {
    this.host += 1;
    this.address();
  }

  /** A filter of this place's own, for instance `-p udp -j DROP` on what it sends. */
  filter(...words) {
    execFileSync('ip', ['netns', 'exec', this.name, 'iptables', '-A', 'OUTPUT', ...words], { stdio: 'pipe' });
  }

  /** A program to start in this place in the stead of `program`: a script that goes in first. */
  door(program) {
    const script = path.join(this.net.folder, `${this.name}-${path.basename(program)}`);
    writeFileSync(script, `#!/bin/sh\nexec ip netns exec ${this.name} ${program} "$@"\n`);
    chmodSync(script, 0o755);
    return script;
  }

  async clear() {
    this.wire.stdin.end();
    await once(this.wire, 'exit');
    await promisify(execFile)('ip', ['netns', 'del', this.name]);
  }
}
