// The PyPI client against the wire: see tests/python/wire.py, which says what it checks.
import { spawnSync } from 'node:child_process';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

test('PyPI livekit: pictures, sound, data, streams, calls, resume, a governed room', (t) => {
  const python = process.env.ONEDOOR_TEST_PYTHON;
  assert.ok(python, 'ONEDOOR_TEST_PYTHON must name a Python with tests/python/requirements.txt installed');
  const script = fileURLToPath(new URL('../python/wire.py', import.meta.url));
  const run = spawnSync(python, [script], { encoding: 'utf8', timeout: 150_000 });
  assert.equal(run.status, 0, run.stderr.slice(-3000));
  t.diagnostic(run.stdout.trim().split('\n').at(-1));
});
