// Nest 12 is ESM only and Jest on Node 20 loads CommonJS only, so SWC also turns those packages to CommonJS.
// The allow-list keeps that to the packages that need it: everything else in node_modules is loaded as it is.
const esmOnly = [
  '@nestjs',
  '@noble',
  'jose',
  'openid-client',
  'oauth4webapi',
  'file-type',
  'strtok3',
  'token-types',
  'uint8array-extras',
  '@tokenizer',
  '@borewit',
  'p-limit',
  'yocto-queue',
  'ansis',
  'pure-rand',
  'pkijs',
  'asn1js',
  'bytestreamjs',
  '@peculiar',
];

// CommonJS that loads what it needs by import(), which Jest on Node 20 can only follow as require().
const importing = ['@opentelemetry/otlp-exporter-base'];

const swc = [
  '@swc/jest',
  {
    jsc: {
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true },
      target: 'es2022',
      keepClassNames: true,
    },
    module: { type: 'commonjs' },
    sourceMaps: 'inline',
  },
];

// What only the nightly runs, unless it is named (CONTRIBUTING.md#what-runs-when).
const isWhole = !process.argv.slice(2).some((arg) => arg.startsWith('test/'));
const atNight = [
  '/test/e2e/bench.test.ts',
  '/test/e2e/dev.test.ts',
  '/test/e2e/gate-lost/cluster.test.ts',
  '/test/e2e/gate-lost/sentinel.test.ts',
  '/test/e2e/restore-drill.test.ts',
  '/test/e2e/replaced-secrets.test.ts',
  '/test/e2e/rolling-deploy.test.ts',
  '/test/e2e/second-opinion-log.test.ts',
  '/test/e2e/second-opinion-rules.test.ts',
  '/test/e2e/series.test.ts',
  '/test/e2e/slow-clients.test.ts',
  '/test/e2e/tracing.test.ts',
  '/test/e2e/two-installations.test.ts',
  '/test/e2e/upgrade.test.ts',
  '/test/e2e/verify-large.test.ts',
  '/test/e2e/webhooks-killed.test.ts',
  '/test/e2e/provider/call-limits.test.ts',
  '/test/browser/claim/embedded.test.ts',
  '/test/browser/claim/states.test.ts',
  '/test/browser/console/campaigns.test.ts',
  '/test/browser/console/now.test.ts',
  '/test/browser/console/payouts.test.ts',
  '/test/browser/console/people.test.ts',
  '/test/browser/console/rush.test.ts',
  '/test/browser/console/webhooks.test.ts',
  '/test/e2e/log-killed.test.ts',
  '/test/integration/chaos-set-back.test.ts',
  '/test/integration/log-failures.test.ts',
  '/test/integration/log-restored-partly.test.ts',
  '/test/integration/log-stamps.test.ts',
  '/test/integration/rebuild-time.test.ts',
  '/test/integration/schema-half-there.test.ts',
  '/test/integration/settings-from-outside.test.ts',
];

const suite = (name, more = {}) => ({
  displayName: name,
  testMatch: [`<rootDir>/test/${name}/**/*.test.ts`],
  testPathIgnorePatterns: ['/node_modules/', ...(isWhole && process.env.DEEP !== '1' ? atNight : [])],
  // The package that is built there has the name of its source.
  modulePathIgnorePatterns: ['<rootDir>/dist/client/'],
  testEnvironment: 'node',
  setupFiles: ['reflect-metadata'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: { '\\.(ts|mjs|js)$': swc },
  transformIgnorePatterns: [`/node_modules/(?!(${[...esmOnly, ...importing].join('|')})/)`],
  ...more,
});

const browser = suite('browser', { globalSetup: '<rootDir>/test/support/fetch-chromium.mjs' });

module.exports = {
  projects: [...['unit', 'model', 'integration', 'e2e'].map((name) => suite(name)), browser],
  testTimeout: 60_000,
  // Each file leaves some memory behind. Late in a whole run collecting it took half of the time.
  workerIdleMemoryLimit: '1GB',
  // V8 counts by itself: nothing is rewritten, so the code under test is the code that runs.
  coverageProvider: 'v8',
  collectCoverageFrom: ['src/**/*.ts'],
  coverageReporters: ['text-summary', 'html', 'json'],
};
