import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'vite';

const html = join(import.meta.dirname, 'html');

/**
 * The pages for the crowd: HTML in two languages, which the api fills with a campaign's facts (src/pages), and scripts
 * and a style sheet with hashed names. The embeddable element is built by embed.config.mts.
 */
export default defineConfig({
  root: import.meta.dirname,
  base: '/claim-page/',
  build: {
    outDir: '../../dist/web/claim',
    emptyOutDir: true,
    // Nothing inline: the Content-Security-Policy allows no data: URL.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: readdirSync(html).map((name) => join(html, name)) },
  },
});
