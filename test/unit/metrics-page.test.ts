import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '../..');

it('docs/metrics.md lists every metric of the service, and no other', () => {
  const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(join(root, 'src', name), 'utf8'));
  const inCode = sources.flatMap((text) =>
    [...text.matchAll(/'(seonchak_[a-z_]+)'/g)].map(([, name]) => name),
  );
  const page = readFileSync(join(root, 'docs/metrics.md'), 'utf8');
  const onPage = [...page.matchAll(/^\| `(seonchak_\w+)`/gm)].map(([, name]) => name);
  expect(onPage.sort()).toEqual(inCode.sort());
});
