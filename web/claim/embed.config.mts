import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig, type LibraryOptions } from 'vite';

const source = (name: string): string => join(import.meta.dirname, name);

/** @param name of the global variable that holds the exports */
const script = (entry: string, name: string, file: string): LibraryOptions => ({
  entry: source(entry),
  name,
  formats: ['iife'],
  fileName: () => file,
});

/** Changes with the files that /embed.js loads, so that no copy of an older release is taken for them. */
const release = ['claim.css', 'words/ko.ts', 'words/en.ts']
  .reduce((hash, name) => hash.update(readFileSync(source(name))), createHash('sha256'))
  .digest('hex')
  .slice(0, 8);

/**
 * The embeddable element as classic scripts, because a module would need CORS to be loaded by another site:
 * `--mode element` builds /embed.js and its style sheet, `--mode ko` and `--mode en` the sentences of one language. An
 * iife has one entry, so each is a build of its own, after vite.config.mts, which empties the folder.
 */
export default defineConfig(({ mode }) => ({
  root: import.meta.dirname,
  define: { EMBED_RELEASE: JSON.stringify(release) },
  build: {
    outDir: '../../dist/web/claim',
    emptyOutDir: false,
    lib:
      mode === 'element'
        ? { ...script('embed.ts', 'seonchak', 'embed.js'), cssFileName: 'embed' }
        : script(`words/${mode}.ts`, `seonchak_${mode}`, `embed.${mode}.js`),
  },
}));
