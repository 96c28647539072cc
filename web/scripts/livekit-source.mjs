//! A build step: livekit-client is taken from the TypeScript its package brings along, not from its ready bundle. That one is
//! written for browsers without async functions and cannot be shaken; from source the same code is 8 KB (gzip) smaller. The
//! `webrtc-adapter` it imports is left out here: `src/shared/room/adapter.ts` loads it where a browser needs it.
import { fileURLToPath } from 'node:url';
import { transformWithOxc } from 'vite';

const source = fileURLToPath(new URL('../node_modules/livekit-client/src/', import.meta.url));
const NOTHING = '\0onedoor-no-adapter';

/** @returns {import('vite').Plugin} */
export function livekitSource() {
  return {
    name: 'onedoor-livekit-source',
    apply: 'build',
    enforce: 'pre',
    resolveId(id, importer) {
      if (id === 'livekit-client') return `${source}index.ts`;
      return id === 'webrtc-adapter' && importer?.startsWith(source) ? { id: NOTHING, moduleSideEffects: false } : undefined;
    },
    load: (id) => (id === NOTHING ? 'export {};' : undefined),
    transform: {
      filter: { id: /livekit-client\/src\/.*\.ts$/ },
      // Fields are assigned, not defined, as in the library's own build: its classes declare fields again that their parents set.
      handler: (code, id) => transformWithOxc(code, id, {
        target: 'es2020',
        tsconfig: false,
        assumptions: { setPublicClassFields: true },
        typescript: { removeClassFieldsWithoutInitializer: true },
      }),
    },
  };
}
