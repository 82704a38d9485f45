import { defineConfig } from 'vite';

/** The claim page and the embeddable element: built to dist/web/claim, and served by the api. */
export default defineConfig({
  root: import.meta.dirname,
  base: '/claim-page/',
  build: { outDir: '../../dist/web/claim', emptyOutDir: true },
});
