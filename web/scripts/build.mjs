//! Builds each page alone into dist/ (see vite.config.ts for why).
import { existsSync, rmSync } from 'node:fs';
import { build } from 'vite';

const web = new URL('..', import.meta.url).pathname;
rmSync(`${web}dist`, { recursive: true, force: true });
for (const page of ['resident', 'desk']) {
  if (existsSync(`${web}${page}.html`)) await build({ root: web, mode: page, build: { emptyOutDir: false } });
}
