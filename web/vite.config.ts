//! How the two pages are built: resident.html (phones) and desk.html (staff), each with its own graph, so that a resident
//! never loads a byte of the desk. Texts are compiled at build time; every text asset is also written as .gz for the server.
import { existsSync } from 'node:fs';
import { fileURLToPath, URL } from 'node:url';
import vueI18n from '@intlify/unplugin-vue-i18n/vite';
import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vitest/config';
import { gzipAssets } from './scripts/gzip-assets.mjs';
import { pageRoutes } from './scripts/page-routes.mjs';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const server = process.env['ONEDOOR_DEV_SERVER'] ?? 'http://localhost:7880';

export default defineConfig({
  resolve: { alias: { '@': here('./src') } },
  define: {
    __VUE_I18N_LEGACY_API__: false,
    __VUE_I18N_FULL_INSTALL__: false,
    __INTLIFY_PROD_DEVTOOLS__: false,
    __VUE_PROD_DEVTOOLS__: false,
  },
  plugins: [
    vue(),
    vueI18n({ include: [here('./src/**/i18n/**/*.json')], runtimeOnly: true, strictMessage: false }),
    pageRoutes(),
    gzipAssets(),
  ],
  build: {
    target: ['chrome87', 'safari14.1', 'firefox91'],
    manifest: true,
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: Object.fromEntries(
        ['resident', 'desk'].filter((page) => existsSync(here(`./${page}.html`))).map((page) => [page, here(`./${page}.html`)]),
      ),
    },
  },
  server: {
    port: 5173,
    proxy: {
      '/api': { target: server, ws: true },
      '/rtc': { target: server, ws: true },
    },
  },
  test: { environment: 'node', include: ['src/**/*.test.ts'] },
});
