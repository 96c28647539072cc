//! How the two pages are built: resident.html (phones) and desk.html (staff). `npm run build` builds each alone (the mode is
//! the page), so that nothing the desk uses of Vue or of a library can grow the chunks a resident's phone must load. Every text
//! asset is also written as .gz for the server.
import { fileURLToPath, URL } from 'node:url';
import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vitest/config';
import { gzipAssets } from './scripts/gzip-assets.mjs';
import { livekitSource } from './scripts/livekit-source.mjs';
import { pageRoutes } from './scripts/page-routes.mjs';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const server = process.env['ONEDOOR_DEV_SERVER'] ?? 'http://localhost:7880';

const PAGES = ['resident', 'desk'];

export default defineConfig(({ mode }) => ({
  resolve: { alias: { '@': here('./src') } },
  define: {
    __VUE_PROD_DEVTOOLS__: false,
    // Resident parts are all composition API; Element Plus keeps the whole Vue.
    ...(mode === 'resident' ? { __VUE_OPTIONS_API__: false } : {}),
  },
  plugins: [
    livekitSource(),
    vue(),
    pageRoutes(),
    gzipAssets(),
  ],
  build: {
    target: 'es2020',
    cssTarget: ['chrome87', 'safari14'],
    manifest: `.vite/manifest${PAGES.includes(mode) ? `-${mode}` : ''}.json`,
    modulePreload: { polyfill: false },
    rollupOptions: { input: (PAGES.includes(mode) ? [mode] : PAGES).map((page) => here(`./${page}.html`)) },
  },
  server: {
    port: 5173,
    proxy: {
      '/api': { target: server, ws: true },
      '/rtc': { target: server, ws: true },
    },
  },
  test: { environment: 'node', include: ['src/**/*.test.ts'] },
}));
