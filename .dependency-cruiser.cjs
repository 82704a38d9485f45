// Which way imports may run. The table is the plan of src (docs/architecture.md, "Where new code goes"); the
// rules below it are made from it. A new folder in src gets one line here, or the check fails.

/** What everything stands on. They know no feature; circles among them are caught like any other. */
const GROUND = [
  'admin-acts',
  'config',
  'failpoints',
  'http',
  'identity',
  'lifecycle',
  'logging',
  'metrics',
  'postgres',
  'problems',
  'rate-limits',
  'redis',
];

/** Folder of src -> the folders of src that it may import, besides itself. */
const MAY_IMPORT = {
  // Top: features that use other features. They do not know each other.
  reaper: ['campaigns', 'doorbell', 'gate', 'grants', 'paying', 'payouts', ...GROUND],
  'payout-desk': ['campaigns', 'grants', 'payouts', ...GROUND],
  worker: ['doorbell', 'paying', ...GROUND],
  audit: ['gate', 'postgres', 'redis'],
  archive: ['admin-acts', 'postgres'],
  reconciliation: ['admin-acts', 'metrics', 'payouts', 'postgres'],

  // What worker and reaper share: a batch of payouts, and the gate that gets to know.
  paying: ['grants', 'payouts', ...GROUND],

  // Claims decide who holds a slot, payouts who is paid. Neither asks the other: rows and the doorbell connect them.
  grants: ['campaigns', 'doorbell', 'gate', ...GROUND],
  // Of the gate, payouts ask only which database it was last found to be, and how far it had come (R22).
  payouts: ['gate', 'ledger', ...GROUND],
  campaigns: ['gate', 'ledger', ...GROUND],

  // What the features are made of, each ignorant of the others.
  ledger: GROUND,
  doorbell: GROUND,
  // The gate knows Redis; of Postgres only what a rebuild computes from (see REBUILD below).
  gate: ['config', 'failpoints', 'logging', 'metrics', 'postgres', 'problems', 'redis'],
  health: ['gate', ...GROUND],
  docs: [],

  // Ground floor: each may use what is plainer than itself.
  'admin-acts': ['http', 'identity', 'postgres', 'problems', 'rate-limits'],
  'rate-limits': ['config', 'http', 'identity', 'problems'],
  identity: ['config', 'http', 'problems'],
  http: ['config', 'lifecycle', 'metrics', 'postgres', 'problems', 'redis'],
  postgres: ['config'],
  redis: ['config'],
  logging: ['config'],
  lifecycle: ['config'],
  failpoints: ['config'],
  metrics: [],
  problems: [],
  config: [],
};

/** The files of the gate that ask Postgres: to compute a lost gate anew, and to know which database it belongs to. */
const REBUILD =
  '^src/grants/slots/(gate-keeper|gate-ownership|gate-picture|gate-rebuild|gate[.]module|installation)[.]ts$';

/** Files that a person or a machine starts, or that a framework finds by name: nobody imports them. */
const ENTRY_POINTS = [
  '^src/main[.]ts$',
  '^migrations/',
  '^tools/[^/]+[.](ts|mjs|cjs)$',
  '^bench/bench[.]ts$',
  '^bench/baselines/[^/]+[.]ts$', // each is a process of its own
  '^test/.+[.]test[.]ts$',
  '^test/[^/]+[.](ts|mjs|cjs)$', // Jest's own set-up files
  '[.]d[.][cm]?ts$',
];

const folders = Object.keys(MAY_IMPORT);
const inSrc = (names) => `^src/(${names.join('|')})/`;

const directions = folders.map((folder) => ({
  name: `src-${folder}-imports-downward`,
  comment: `src/${folder} may import: ${MAY_IMPORT[folder].join(', ') || 'nothing of src'}. Move the code down, or change the table in .dependency-cruiser.cjs and say why.`,
  severity: 'error',
  from: { path: inSrc([folder]) },
  to: {
    path: '^src/',
    pathNot: inSrc([folder, ...MAY_IMPORT[folder]]),
  },
}));

module.exports = {
  forbidden: [
    ...directions,
    {
      name: 'gate-decides-without-postgres',
      comment:
        'What the gate answers comes from one Redis script. It must be possible to lose it, and only a rebuild asks Postgres, and who watches whose it is; what is durable is up to who calls the gate.',
      severity: 'error',
      from: { path: '^src/grants/slots/', pathNot: REBUILD },
      to: { path: '^src/platform/postgres/' },
    },
    {
      name: 'every-folder-is-on-the-plan',
      comment: 'A folder of src that the table does not name has no rules. Give it a line.',
      severity: 'error',
      from: {},
      to: { path: '^src/[^/]+/', pathNot: inSrc(folders) },
    },
    {
      name: 'roles-are-put-together-in-one-place',
      comment:
        'main boots app.module, app.module knows the roles; a feature that imports them imports everything.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/[^/]+[.]ts$' },
      to: { path: '^src/[^/]+[.]ts$' },
    },
    {
      name: 'src-stands-alone',
      comment: 'What runs in production must not need tools, tests or benchmarks.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(tools|test|bench)/' },
    },
    {
      name: 'only-postgres-lists-migrations',
      comment: 'Migrations describe the database; only its connection has to know which there are.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/platform/postgres/' },
      to: { path: '^migrations/' },
    },
    {
      name: 'migrations-stand-alone',
      comment: 'A migration must do the same in a year, so it may not import code that changes meanwhile.',
      severity: 'error',
      from: { path: '^migrations/' },
      to: { path: '^(src|tools|test|bench)/' },
    },
    {
      name: 'bank-is-a-witness',
      comment: 'Sharing code with the service, the sandbox bank would share its mistakes and confirm them.',
      severity: 'error',
      from: { path: '^tools/bank(/|[.]ts$)' },
      to: { path: '^(src|migrations)/', reachable: true },
    },
    {
      name: 'bench-looks-from-outside',
      comment: 'What is measured is the service as a process; code shared with it would be measured with it.',
      severity: 'error',
      from: { path: '^bench/' },
      to: { path: '^(src|migrations|test)/' },
    },
    {
      name: 'baselines-stand-alone',
      comment: 'Each is a small program that can be read, and profiled, without the bench around it.',
      severity: 'error',
      from: { path: '^bench/baselines/' },
      to: { path: '^(tools|bench)/', pathNot: '^bench/baselines/' },
    },
    {
      name: 'tools-do-not-need-tests',
      comment: 'Tools are built and shipped, tests and benchmarks are not.',
      severity: 'error',
      from: { path: '^tools/' },
      to: { path: '^(test|bench)/' },
    },
    {
      name: 'no-circles',
      comment: 'In a circle the order of loading decides what is undefined, and no part can be read alone.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-orphans',
      comment: 'A file that nobody imports and nobody starts is dead. Delete it, or name it in ENTRY_POINTS.',
      severity: 'error',
      from: { orphan: true, pathNot: ENTRY_POINTS },
      to: {},
    },
    {
      name: 'no-barrels',
      comment: 'index files hide who imports what and make circles easy. Import the file that has it.',
      severity: 'error',
      from: {},
      to: { path: '(^|/)index[.][cm]?[jt]s$', pathNot: 'node_modules/' },
    },
    {
      name: 'no-dumping-grounds',
      comment:
        'common, utils and helpers say nothing about what is inside. Name the folder after its subject.',
      severity: 'error',
      from: {},
      to: {
        path: '(^|/)(common|helpers?|misc|shared|utils?)(/|[.])',
        pathNot: 'node_modules/',
        dependencyTypesNot: ['core'],
      },
    },
    {
      name: 'no-dev-dependencies-in-production',
      comment:
        'The image is built with --omit=dev --omit=optional. Types are gone by then and may come from there.',
      severity: 'error',
      from: { path: '^(src|migrations)/' },
      to: {
        dependencyTypes: ['npm-dev', 'npm-optional'],
        dependencyTypesNot: ['type-only'],
        pathNot: 'node_modules/@types/',
      },
    },
    {
      name: 'no-unlisted-packages',
      comment:
        'A package that is there only because another one needs it can vanish with any update. List it.',
      severity: 'error',
      from: {},
      to: {
        dependencyTypes: ['npm-no-pkg', 'npm-unknown'],
        dependencyTypesNot: ['type-only'],
        pathNot: 'node_modules/@types/',
      },
    },
    {
      name: 'everything-resolves',
      comment: 'An import that this check can not follow is one that it can not judge.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|[.]data|[.]cache|coverage)/' },
    // `import type` counts too: a direction is about what a reader has to know, not only about run time.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      // Relative imports name the `.js` that will be there; the file here is `.ts`.
      extensions: ['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs', '.json', '.d.ts'],
      exportsFields: ['exports'],
      conditionNames: ['types', 'import', 'require', 'node', 'default'],
      mainFields: ['types', 'module', 'main'],
    },
    reporterOptions: { text: { highlightFocused: true } },
  },
};
