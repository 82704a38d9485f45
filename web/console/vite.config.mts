import { defineConfig } from 'vite';

/** The console: built to dist/web/console, and served by the api under /console. */
export default defineConfig({
  root: import.meta.dirname,
  base: '/console/',
  build: {
    outDir: '../../dist/web/console',
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0, // `data:` addresses are refused by a strict Content-Security-Policy
    modulePreload: { polyfill: false },
    rolldownOptions: {
      onLog(level, log, handle) {
        // Packages mark files for React's server components; here is no server of that kind.
        if (log.code !== 'MODULE_LEVEL_DIRECTIVE') handle(level, log);
      },
    },
  },
});
