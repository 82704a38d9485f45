import { defineConfig } from 'vite';

/** The console: built to dist/web/console, and served by the api under /console. */
export default defineConfig({
  root: import.meta.dirname,
  base: '/console/',
  build: { outDir: '../../dist/web/console', emptyOutDir: true },
});
