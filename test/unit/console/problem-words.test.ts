import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { en } from '../../../web/console/messages/en.js';
import { ko } from '../../../web/console/messages/ko.js';

const root = join(__dirname, '../../..');

/** Told by asking to sign in, and never met: the console sends JSON. */
const TOLD_OTHERWISE = new Set(['invalid-token', 'unsupported-media-type']);

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}
interface Operation {
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, Content>> }>>;
}
interface Content {
  readonly examples?: Readonly<Record<string, unknown>>;
}

/** The acts of the console, as it calls them: [method, path]. */
async function acts(): Promise<(readonly [string, string])[]> {
  const folder = join(root, 'web/console');
  const files = (await readdir(folder, { recursive: true })).filter((file) => /\.tsx?$/.test(file));
  const sources = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  return sources.flatMap((source) =>
    [...source.matchAll(/\bapi\.(POST|PUT|PATCH|DELETE)\(\s*'([^']+)'/g)].map(
      ([, method = '', path = '']) => [method.toLowerCase(), path] as const,
    ),
  );
}

it('whatever an act of an operator may be answered with has words in both languages', async () => {
  const { paths } = JSON.parse(await readFile(join(root, 'openapi.json'), 'utf8')) as Document;
  const called = await acts();
  expect(called.length).toBeGreaterThan(10);
  const codes = new Set(
    called.flatMap(([method, path]) =>
      Object.values(paths[path]?.[method]?.responses ?? {}).flatMap(({ content = {} }) =>
        Object.keys(content['application/problem+json']?.examples ?? {}),
      ),
    ),
  );
  expect(codes).toContain('illegal-transition');
  for (const { problem } of [en, ko])
    expect([...codes].filter((code) => !TOLD_OTHERWISE.has(code) && !(code in problem))).toEqual([]);
});
