import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SPANS } from '../../../src/platform/tracing/spans.js';

it('docs/tracing.md lists every span of the service with its kind, and no other', () => {
  const page = readFileSync(join(__dirname, '../../../docs/tracing.md'), 'utf8');
  const onPage = [...page.matchAll(/^\| `([a-z.]+)` +\| (internal|consumer|client|server) +\|/gm)];
  expect(onPage.map(([, name, kind]) => [name, kind])).toEqual(
    Object.entries(SPANS).map(([name, [kind]]) => [name, kind]),
  );
});
