// What types can't say. Formatting is Prettier's, import directions are .dependency-cruiser.cjs'.
import js from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

const types = ['**/*.{ts,tsx,mts,cts}'];
const scripts = ['**/*.{js,mjs,cjs}'];
/** What runs in production. Tools and tests may print and read the environment. */
const service = ['src/**/*.ts', 'migrations/**/*.ts'];
const tests = ['test/**/*.ts'];

/** Rules of this project; each message says what to do instead. */
const environment = 'only src/platform/config reads the environment: inject Environment.';
const forwardRef = 'two modules that need each other want a third: move what they share below both.';
const everywhere = 'direct routes would be served without it: declare it on the controllers it is for.';
const eventless = 'a line of the log has an event code: write it by EventLog (src/platform/logging).';
const skipped = 'a test that does not run proves nothing: mend it or delete it.';

export default defineConfig(
  globalIgnores(['dist/', '.data/', '.cache/', 'coverage/', 'client/openapi.ts']),

  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  {
    rules: {
      // Prettier breaks code, not comments. SQL and messages stay whole.
      'max-len': [
        'error',
        {
          ...{ code: 120, comments: 120, ignoreUrls: true },
          ...{ ignoreStrings: true, ignoreTemplateLiterals: true, ignoreRegExpLiterals: true },
        },
      ],
    },
  },

  {
    files: types,
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      // `== null` is the short way to ask for both null and undefined.
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      // A new state, outcome or return code has to be answered everywhere that it is looked at.
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true, requireDefaultForNonUnion: true },
      ],
      // Says which imports are gone at run time; import directions depend on it. Steps aside in files with
      // decorators: Nest injects by emitted metadata, for which a constructor's types must be value imports.
      '@typescript-eslint/consistent-type-imports': [
        'error',
        { fixStyle: 'inline-type-imports', disallowTypeAnnotations: false },
      ],
      '@typescript-eslint/no-import-type-side-effects': 'error',
      // A Nest module is often an empty class under a decorator.
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', ignoreRestSiblings: true, caughtErrors: 'all' },
      ],
      // Types of others (Express' Request, Jest's matchers) are extended through `declare global`.
      '@typescript-eslint/no-namespace': ['error', { allowDeclarations: true }],
      // Numbers print as they look; objects, null and undefined don't.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // It takes what was narrowed before an await for still true after it, and so calls the second look superfluous:
      // just the one that counts here (under a lock, after a stop was asked for).
      '@typescript-eslint/no-unnecessary-condition': 'off',
      // What is answered over HTTP is described by classes, for OpenAPI, and made as plain objects.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      // An async method without await is how an implementation of a port turns what it throws into a rejection.
      '@typescript-eslint/require-await': 'off',
      // `query<Row>(sql)` names its row type once, at the call; there is no other place for it.
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
    },
  },

  {
    files: service,
    rules: {
      // Logs are structured, with a request id, and leave secrets out; console does none of it.
      'no-console': 'error',
      'no-restricted-imports': [
        'error',
        {
          paths: [
            { name: '@nestjs/common', importNames: ['forwardRef'], message: forwardRef },
            { name: '@nestjs/common', importNames: ['Logger', 'ConsoleLogger'], message: eventless },
            {
              name: '@nestjs/core',
              importNames: ['APP_FILTER', 'APP_GUARD', 'APP_INTERCEPTOR', 'APP_PIPE'],
              message: everywhere,
            },
            { name: 'process', message: environment },
            { name: 'node:process', importNames: ['default', 'env'], message: environment },
          ],
        },
      ],
      'no-restricted-properties': ['error', { object: 'process', property: 'env', message: environment }],
      'no-restricted-syntax': [
        'error',
        {
          selector: 'MemberExpression[property.name="env"][object.property.name="process"]',
          message: environment,
        },
        {
          selector: 'CallExpression[callee.property.name=/^useGlobal(Guards|Interceptors)$/]',
          message: everywhere,
        },
        {
          selector: 'CallExpression[callee.property.name="defineCommand"]',
          message:
            'ioredis answers NOSCRIPT with EVAL by itself, and a gate that lost its scripts must be noticed (R11): call evalsha.',
        },
      ],
    },
  },
  { files: ['src/platform/config/**/*.ts'], rules: { 'no-restricted-properties': 'off' } },
  { files: ['src/platform/logging/**/*.ts'], rules: { 'no-restricted-imports': 'off' } },

  // A state of the model is an array of cells whose length its shape fixes, so an index is known to be there.
  {
    files: ['verification/model/**/*.ts'],
    rules: { '@typescript-eslint/no-non-null-assertion': 'off' },
  },

  {
    files: tests,
    rules: {
      // Answers of the service arrive as `any` (supertest's body), and the assertion is the check of their type.
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      // `rows[0]!` in a test fails the test, which is what it is for.
      '@typescript-eslint/no-non-null-assertion': 'off',
      // `expect(double.method)` is not a call.
      '@typescript-eslint/unbound-method': 'off',
      'no-restricted-globals': [
        'error',
        ...['fdescribe', 'fit', 'xdescribe', 'xit', 'xtest'].map((name) => ({ name, message: skipped })),
      ],
      'no-restricted-properties': [
        'error',
        ...['describe', 'it', 'test'].flatMap((object) =>
          ['only', 'skip', 'todo'].map((property) => ({ object, property, message: skipped })),
        ),
      ],
    },
  },

  {
    files: scripts,
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: {
      globals: Object.fromEntries(
        // The few of Node's globals that plain scripts use; TypeScript checks them for the rest.
        [
          ...[
            'AbortController',
            'AbortSignal',
            'Buffer',
            'TextDecoder',
            'TextEncoder',
            'URL',
            'URLSearchParams',
          ],
          ...['console', 'fetch', 'performance', 'process', 'queueMicrotask', 'structuredClone'],
          ...['clearImmediate', 'clearInterval', 'clearTimeout', 'setImmediate', 'setInterval', 'setTimeout'],
        ].map((name) => [name, 'readonly']),
      ),
    },
  },
  {
    files: ['**/*.cjs'],
    languageOptions: { sourceType: 'commonjs' },
  },
);
