// What the wire tests stand on: the example server, a cuttable proxy before it, the page, a browser. Called by itself it
// prints the figures of wire.figures.mjs.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';
import puppeteer from 'puppeteer-core';

const here = fileURLToPath(new URL('.', import.meta.url));

/** An address of this machine other than the loopback, if it has one. */
export function ownAddress() {
  const all = Object.values(networkInterfaces()).flat();
  return all.find((one) => one.family === 'IPv4' && !one.internal)?.address ?? '127.0.0.1';
}

/** Starts the server binary; ONEDOOR_WIRE_BIN names it (cargo build -p livekit --example wire). */
export async function startServer(address = '127.0.0.1', { inside, steer = '127.0.0.1', http: port = 0, more = [] } = {}) {
  const path = process.env.ONEDOOR_WIRE_BIN;
  if (!path || !existsSync(path)) {
    throw new Error('ONEDOOR_WIRE_BIN must name the example server: cargo build -p livekit --example wire');
  }
  const words = ['--http', `${inside ? '0.0.0.0' : '127.0.0.1'}:${port}`, '--udp', `${address}:0`, '--advertised', address, ...more];
  const child = spawn(...(inside ? inside(path, ...words) : [path, words]), { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await Promise.race([
    once(child.stdout, 'data'),
    once(child, 'exit').then(([code]) => Promise.reject(new Error(`the server ended with ${code}`))),
  ]);
  const bound = new URL(JSON.parse(line.toString()).url);
  const at = (host) => `http://${host}:${bound.port}`;
  const url = at(inside ? address : bound.hostname);
  const by = at(inside ? steer : bound.hostname);
  return {
    url,
    pid: child.pid,
    call: async (method, path) => {
      const response = await fetch(by + path, { method });
      const text = await response.text();
      if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
      return text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : text;
    },
    stop: async () => {
      if (child.exitCode !== null) return;
      child.kill('SIGINT');
      const slow = setTimeout(() => child.kill('SIGKILL'), 3000);
      await once(child, 'exit');
      clearTimeout(slow);
    },
  };
}

/** A TCP proxy whose connections can be cut without a word, as a lost network does. */
export async function startProxy(target) {
  const { hostname, port } = new URL(target);
  const sockets = new Set();
  const server = net.createServer((client) => {
    const upstream = net.connect(Number(port), hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.pipe(upstream).pipe(client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    cut: () => sockets.forEach((socket) => socket.destroy()),
    stop: () => {
      sockets.forEach((socket) => socket.destroy());
      server.close();
    },
  };
}

const PAGE = '<!doctype html><meta charset="utf-8"><title>wire</title><script type="module" src="/page.js"></script>';

async function bundled(client) {
  const bundle = await build({
    alias: client ? { 'livekit-client': client } : {},
    entryPoints: [`${here}wire.page.js`],
    bundle: true,
    format: 'esm',
    write: false,
    logLevel: 'error',
  });
  return Buffer.from(bundle.outputFiles[0].contents);
}

/** A site without a server: the browser is handed the page, so that a cut network cannot take it away. */
export async function siteInHand() {
  const script = await bundled();
  const hand = (route) => {
    const wanted = new URL(route.request().url()).pathname;
    if (wanted === '/page.js') return route.fulfill({ contentType: 'text/javascript', body: script });
    return route.fulfill({ contentType: 'text/html', body: PAGE });
  };
  return { url: 'http://localhost/', serve: (page) => page.route('http://localhost/**', hand) };
}

/** Serves the page with a bundled client: a name of package.json's. */
export async function startSite(client) {
  const script = await bundled(client);
  const server = http.createServer((request, response) => {
    if (request.url === '/page.js') {
      response.writeHead(200, { 'content-type': 'text/javascript' }).end(script);
    } else {
      response.writeHead(200, { 'content-type': 'text/html' });
      response.end(PAGE);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${server.address().port}/`, stop: () => server.closeAllConnections() ?? server.close() };
}

/** Speech-like sound for the fake microphone: syllables of a voice with overtones. Chromium's own beep is so
 * short that nobody would take it for speech. */
function voice() {
  const rate = 48_000;
  const samples = Buffer.alloc(44 + rate * 4 * 2);
  for (let i = 0; i < rate * 4; i += 1) {
    const t = i / rate;
    const syllable = Math.max(0, Math.sin(2 * Math.PI * 2.3 * t)) ** 0.5 * (Math.sin(2 * Math.PI * 0.4 * t) > -0.6);
    const pitch = 140 + 25 * Math.sin(2 * Math.PI * 0.9 * t);
    let wave = 0;
    for (let overtone = 1; overtone <= 12; overtone += 1) wave += Math.sin(2 * Math.PI * pitch * overtone * t) / overtone;
    samples.writeInt16LE(Math.round(wave * syllable * 9000), 44 + i * 2);
  }
  samples.write('RIFF', 0);
  samples.writeUInt32LE(samples.length - 8, 4);
  samples.write('WAVEfmt ', 8);
  samples.writeUInt32LE(16, 16);
  samples.writeUInt16LE(1, 20);
  samples.writeUInt16LE(1, 22);
  samples.writeUInt32LE(rate, 24);
  samples.writeUInt32LE(rate * 2, 28);
  samples.writeUInt16LE(2, 32);
  samples.writeUInt16LE(16, 34);
  samples.write('data', 36);
  samples.writeUInt32LE(samples.length - 44, 40);
  return samples;
}

/** `place`: one of a made network, in which the browser then lives. */
export async function startChromium({ place, flags = [], sound: bring = voice } = {}) {
  const chromiumPath = process.env.ONEDOOR_CHROMIUM ?? '/usr/bin/chromium';
  if (!existsSync(chromiumPath)) throw new Error(`${chromiumPath} is missing: apt-get install chromium`);
  const executablePath = place?.door(chromiumPath) ?? chromiumPath;
  const folder = mkdtempSync(join(tmpdir(), 'onedoor-wire-'));
  const sound = join(folder, 'voice.wav');
  writeFileSync(sound, bring());
  const browser = await chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-quic',
      '--disable-background-networking',
      '--use-fake-device-for-media-stream',
      '--use-fake-ui-for-media-stream',
      `--use-file-for-fake-audio-capture=${sound}`,
      '--autoplay-policy=no-user-gesture-required',
      '--allow-loopback-in-peer-connection',
      '--disable-features=LocalNetworkAccessChecks,WebRtcHideLocalIpsWithMdns',
      ...flags,
    ],
  });
  browser.on('disconnected', () => rmSync(folder, { recursive: true, force: true }));
  return browser;
}

/** Firefox, spoken to over WebDriver BiDi. */
export async function startFirefox() {
  const executablePath = process.env.ONEDOOR_FIREFOX ?? '/usr/bin/firefox-esr';
  if (!existsSync(executablePath)) throw new Error(`${executablePath} is missing: apt-get install firefox-esr`);
  return puppeteer.launch({
    browser: 'firefox',
    executablePath,
    headless: true,
    extraPrefsFirefox: {
      'media.navigator.streams.fake': true,
      'media.navigator.permission.disabled': true,
      'media.peerconnection.ice.loopback': true,
      'media.peerconnection.ice.obfuscate_host_addresses': false,
      'media.autoplay.default': 0,
      'media.autoplay.blocking_policy': 0,
      'media.gmp-manager.updateEnabled': false,
      'network.captive-portal-service.enabled': false,
      'network.connectivity-service.enabled': false,
    },
  });
}

/** A page of its own; methods of window.wire are called by name. */
export async function openSeat(browser, site, identity) {
  const context = await (browser.newContext ?? browser.createBrowserContext).call(browser);
  const page = await context.newPage();
  page.on('pageerror', (error) => console.error(`${identity}: ${error.message}`));
  page.on('console', (message) => {
    if (process.env.ONEDOOR_PAGE_LOG || message.type() === 'error') console.error(`${identity}: ${message.text()}`);
  });
  await site.serve?.(page);
  await page.goto(site.url);
  await page.waitForFunction(() => window.ready);
  return {
    identity,
    page,
    call: (name, ...more) => page.evaluate(([name, more]) => window.wire[name](...more), [name, more]),
    close: () => context.close(),
  };
}

/** Asks again until it holds. */
export async function until(what, ask, limit = 30000) {
  const end = Date.now() + limit;
  for (;;) {
    const value = await ask();
    if (value) return value;
    if (Date.now() > end) throw new Error(`in vain: ${what}`);
    await new Promise((again) => setTimeout(again, 25));
  }
}

export const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
export const pause = (ms) => new Promise((done) => setTimeout(done, ms));

// Not awaited: what is imported stands on this very module.
if (process.argv[1] === fileURLToPath(import.meta.url)) import('./wire.figures.mjs');
