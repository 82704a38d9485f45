import { join } from 'node:path';
import { defineConfig } from 'vite';

/**
 * The embeddable element as one classic script, /embed.js: a module would need CORS to be loaded by another site. Built
 * after vite.config.mts, which empties the folder.
 */
export default defineConfig({
  root: import.meta.dirname,
  build: {
    outDir: '../../dist/web/claim',
    emptyOutDir: false,
    lib: {
      entry: join(import.meta.dirname, 'embed.ts'),
      formats: ['iife'],
      name: 'seonchak',
      fileName: () => 'embed.js',
    },
  },
});
