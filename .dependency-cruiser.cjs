// Which way imports may run. These tables are the plan of the house (docs/architecture.md, docs/adr/0028); the rules
// below are made from them. A new folder gets a line here, or the check fails.

/**
 * Room of src -> the rooms that it may import, besides `platform`, on which all stand. Top to bottom; no arrow runs
 * upward.
 */
const ROOMS = {
  // What a role runs. They do not know each other.
  reaper: ['payouts', 'campaigns', 'grants', 'doorbell', 'changes'],
  worker: ['payouts', 'doorbell'],

  // What people see in a browser: facts that features have, and the files that are built of web/.
  pages: ['campaigns'],
  // Shows what the features do, to operators and pages, and counts what passes. No feature knows it.
  live: ['payouts', 'campaigns', 'grants', 'ledger', 'transparency', 'webhooks-out'],

  // The log of a fair order, derived from committed rows; the feed of changes that it reads.
  transparency: ['changes'],

  // The webhooks that we send, derived from the same feed.
  'webhooks-out': ['changes'],

  // The features, each on those below it. Rows and the doorbell connect them upward.
  payouts: ['campaigns', 'grants', 'ledger', 'doorbell'],
  campaigns: ['grants', 'ledger'],
  grants: ['doorbell', 'transparency'],

  // Below the features, each ignorant of the others.
  ledger: [],
  doorbell: [],
  changes: [],

  // Reads a running system from outside.
  audit: ['grants'],

  platform: [],
};

/** Folder of a room -> the folders of the same room that it may import, besides the room's own files. */
const INSIDE = {
  'live/clock': [],
  'live/counting': [],
  'live/figures': [],
  'live/series': ['live/counting'],
  'live/story': [],
  'live/attention': ['live/figures'],
  'grants/slots': [],
  'grants/clock': ['grants/slots'],
  'grants/claims': ['grants/slots'],
  'transparency/formats': [],
  'transparency/witnesses': ['transparency/formats'],
  'transparency/log': ['transparency/formats'],
  'transparency/stamping': ['transparency/formats'],
  'transparency/sequencer': [
    'transparency/log',
    'transparency/witnesses',
    'transparency/stamping',
    'transparency/formats',
  ],
  'transparency/publishing': ['transparency/log', 'transparency/formats'],
  'transparency/restoring': [
    'transparency/sequencer',
    'transparency/publishing',
    'transparency/log',
    'transparency/formats',
  ],
  'transparency/inclusion': ['transparency/publishing', 'transparency/log', 'transparency/formats'],
  'transparency/standing': ['transparency/log', 'transparency/formats'],
  'transparency/receipts': ['transparency/formats'],
  'webhooks-out/events': [],
  'webhooks-out/delivery': [],
  'webhooks-out/endpoints': ['webhooks-out/events'],
  'campaigns/archive': [],
  'campaigns/eligibility': ['campaigns/reports'],
  'campaigns/reports': [],
  'payouts/by-ledger': [],
  'payouts/by-provider': [],
  'payouts/operators': ['payouts/by-provider'],
  'payouts/webhooks-in': ['payouts/by-provider'],
  'payouts/reconciliation': ['payouts/by-provider'],

  // They know no feature. Each may use what is plainer than itself.
  'platform/admin': [
    'platform/http',
    'platform/identity',
    'platform/postgres',
    'platform/problems',
    'platform/rate-limits',
    'platform/sessions',
  ],
  'platform/login': [
    'platform/admin',
    'platform/config',
    'platform/http',
    'platform/identity',
    'platform/logging',
    'platform/postgres',
    'platform/problems',
    'platform/rate-limits',
    'platform/sessions',
  ],
  'platform/sessions': [
    'platform/config',
    'platform/http',
    'platform/identity',
    'platform/postgres',
    'platform/problems',
    'platform/rate-limits',
  ],
  'platform/health': [
    'platform/lifecycle',
    'platform/metrics',
    'platform/postgres',
    'platform/problems',
    'platform/redis',
  ],
  'platform/rate-limits': [
    'platform/config',
    'platform/http',
    'platform/identity',
    'platform/logging',
    'platform/problems',
  ],
  'platform/identity': [
    'platform/config',
    'platform/gathering',
    'platform/http',
    'platform/logging',
    'platform/metrics',
    'platform/postgres',
    'platform/problems',
  ],
  'platform/gathering': ['platform/problems'],
  'platform/http': [
    'platform/config',
    'platform/lifecycle',
    'platform/logging',
    'platform/metrics',
    'platform/postgres',
    'platform/problems',
    'platform/redis',
  ],
  'platform/postgres': ['platform/config', 'platform/logging', 'platform/metrics'],
  'platform/redis': ['platform/config', 'platform/logging'],
  'platform/logging': ['platform/config'],
  'platform/lifecycle': ['platform/config', 'platform/logging'],
  'platform/failpoints': ['platform/config', 'platform/logging'],
  'platform/tracing': ['platform/config', 'platform/logging'],
  'platform/metrics': [],
  'platform/problems': [],
  'platform/config': [],
};

/**
 * The files of the slot service that ask Postgres: to rebuild or remove gates, and to know which database it is.
 */
const ASKS_POSTGRES =
  '^src/grants/slots/(gate-keeper|gate-ownership|gate[.]store|gate-rebuild|gate-removal|gate[.]module|installation)[.]ts$';

/** Files that a person or a machine starts, or that a framework finds by name: nobody imports them. */
const ENTRY_POINTS = [
  '^src/main[.]ts$',
  '^migrations/',
  '^(tools|verification)/[^/]+[.](ts|mjs|cjs)$',
  '^bench/bench[.]ts$',
  '^bench/baselines/[^/]+[.]ts$', // each is a process of its own
  '^web/[^/]+/[^/]+[.]config[.]mts$',
  '^web/[^/]+/[^/]+[.]tsx?$', // named by the page's HTML or by Vite's configuration
  '^client/seonchak-client[.]ts$', // what the package exports
  '^test/.+[.]test[.]ts$',
  '^test/[^/]+[.](ts|mjs|cjs)$', // Jest's own set-up files
  '^test/support/[^/]+[.]mjs$', // processes of their own: packages that Jest cannot load
  '[.]d[.][cm]?ts$',
];

const rooms = Object.keys(ROOMS);
const within = (names) => `^src/(${names.join('|')})/`;

const betweenRooms = rooms.map((room) => ({
  name: `${room}-imports-downward`,
  comment: `src/${room} may import: ${[...ROOMS[room], 'platform'].join(', ')}. Move the code down, or change the table in .dependency-cruiser.cjs and say why.`,
  severity: 'error',
  from: { path: within([room]) },
  to: { path: '^src/', pathNot: within([room, 'platform', ...ROOMS[room]]) },
}));

const insideRooms = Object.entries(INSIDE).map(([folder, others]) => ({
  name: `${folder.replace('/', '-')}-imports-downward`,
  comment: `In its room, src/${folder} may import: ${others.join(', ') || 'the room’s own files only'}.`,
  severity: 'error',
  from: { path: within([folder]) },
  to: {
    path: `^src/${folder.split('/')[0]}/[^/]+/`,
    pathNot: within([folder, ...others]),
  },
}));

module.exports = {
  forbidden: [
    ...betweenRooms,
    ...insideRooms,
    {
      name: 'gate-decides-without-postgres',
      comment:
        'What the gate answers comes from one Redis script. It must be possible to lose it, and only a rebuild asks Postgres, and who watches whose it is; what is durable is up to who calls the gate.',
      severity: 'error',
      from: { path: '^src/grants/slots/', pathNot: ASKS_POSTGRES },
      to: { path: '^src/platform/postgres/' },
    },
    {
      name: 'every-folder-is-on-the-plan',
      comment: 'A folder of src that the table does not name has no rules. Give it a line.',
      severity: 'error',
      from: {},
      to: { path: '^src/[^/]+/', pathNot: within(rooms) },
    },
    {
      name: 'every-folder-of-a-room-is-on-the-plan',
      comment: 'Give it a line in INSIDE.',
      severity: 'error',
      from: {},
      to: { path: '^src/[^/]+/[^/]+/', pathNot: within(Object.keys(INSIDE)) },
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
      name: 'pages-know-the-api-alone',
      comment:
        'Pages run in browsers and speak HTTP: what they share with the service is its OpenAPI document. The page /verify is the verifier.',
      severity: 'error',
      from: { path: '^web/', pathNot: '^web/verify/' },
      to: {
        path: '^(src|migrations|tools|verification|bench|test|client)/',
        pathNot: '^client/openapi[.]ts$', // the document's types, which are gone when the page runs
      },
    },
    {
      name: 'verify-page-is-the-verifier',
      comment: 'It checks the service, and so it knows nothing of it but the formats of its log.',
      severity: 'error',
      from: { path: '^web/verify/' },
      to: {
        path: '^(src|migrations|tools|verification|bench|test)/',
        pathNot: '^(verification/verifier|src/transparency/formats)/',
      },
    },
    {
      name: 'client-stands-alone',
      comment:
        'It is a package of its own without dependencies, which knows the service by its OpenAPI document.',
      severity: 'error',
      from: { path: '^client/' },
      to: { pathNot: '^client/' },
    },
    {
      name: 'pages-do-not-know-each-other',
      comment: 'The claim page has a budget of 10 kB; each is delivered by itself.',
      severity: 'error',
      from: { path: '^web/([^/]+)/' },
      to: { path: '^web/[^/]+/', pathNot: '^web/$1/' },
    },
    {
      name: 'src-stands-alone',
      comment: 'What runs in production must not need tools, tests or benchmarks.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(tools|verification|test|bench|web|client)/' },
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
      to: { path: '^(src|tools|verification|test|bench)/' },
    },
    {
      name: 'bank-is-a-witness',
      comment: 'Sharing code with the service, the sandbox bank would share its mistakes and confirm them.',
      severity: 'error',
      from: { path: '^verification/bank(/|[.]ts$)' },
      to: { path: '^(src|migrations)/', reachable: true },
    },
    {
      name: 'witness-shares-formats-alone',
      comment: 'Sharing more with the log than how bytes are read, it would vouch for our mistakes.',
      severity: 'error',
      from: { path: '^verification/witness(/|[.]ts$)' },
      to: { path: '^(src|migrations)/', pathNot: '^src/transparency/formats/' },
    },
    {
      name: 'verifier-shares-formats-only',
      comment:
        'The verifier is written from docs/transparency.md: a rule that it shared with the log’s writer would confirm the writer’s mistakes.',
      severity: 'error',
      from: { path: '^verification/verifier/' },
      to: { path: '^(src|migrations)/', pathNot: '^src/transparency/formats/' },
    },
    {
      name: 'verifier-runs-in-a-browser',
      comment: 'The page /verify runs the same code: only what opens files and prints may need Node.',
      severity: 'error',
      from: {
        path: '^verification/verifier/',
        pathNot: '^verification/verifier/(sources/|print-verdict[.]ts$|verify-options[.]ts$)',
      },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'tools-do-not-need-verification',
      comment: 'Operators’ tools are in the image; what proves the service is not.',
      severity: 'error',
      from: { path: '^tools/' },
      to: { path: '^verification/' },
    },
    {
      name: 'operators-tools-start-no-servers',
      comment: 'What starts servers on a developer’s machine is not in the image (.dockerignore).',
      severity: 'error',
      from: { path: '^tools/', pathNot: '^tools/(start|dev|test)[.]ts$|^tools/stack/servers/' },
      to: { path: '^tools/(start|dev|test)[.]ts$|^tools/stack/servers/' },
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
      to: { path: '^(tools|verification|bench)/', pathNot: '^bench/baselines/' },
    },
    {
      name: 'tools-do-not-need-tests',
      comment: 'Tools and verification are programs of their own; tests and benchmarks use them.',
      severity: 'error',
      from: { path: '^(tools|verification)/' },
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
