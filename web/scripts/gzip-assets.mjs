//! A build step: writes `x.gz` beside every text asset, so that the server answers `Accept-Encoding: gzip` from disk
//! without compressing anything while a sitting runs.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const TEXT = /\.(?:js|css|html|svg|json|webmanifest|txt)$/;

/** @param {string} folder @returns {string[]} */
export function filesBelow(folder) {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesBelow(path) : [path];
  });
}

/** @returns {import('vite').Plugin} */
export function gzipAssets() {
  let folder = 'dist';
  return {
    name: 'onedoor-gzip',
    apply: 'build',
    configResolved(config) {
      folder = join(config.root, config.build.outDir);
    },
    closeBundle() {
      for (const path of filesBelow(folder).filter((file) => TEXT.test(file))) {
        writeFileSync(`${path}.gz`, gzipSync(readFileSync(path), { level: 9 }));
      }
    },
  };
}
