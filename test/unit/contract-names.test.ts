import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { RULES } from '../../verification/model/rules.js';

const root = join(__dirname, '../..');
const PAGE = 'docs/architecture.md';
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

/** Every file under these folders, and these files, as paths from the root. */
function filesUnder(...places: readonly string[]): string[] {
  return places.flatMap((place) =>
    statSync(join(root, place)).isFile()
      ? [place]
      : readdirSync(join(root, place), { recursive: true, encoding: 'utf8' }).map(
          (file) => `${place}/${file}`,
        ),
  );
}

/** Text written by people, unlike pictures and recorded numbers. */
const isText = (file: string): boolean => /[.](ts|mjs|cjs|lua|md)$/.test(file);
const code = filesUnder('src', 'migrations', 'test', 'tools', 'verification', 'bench').filter(isText);
const documents = filesUnder('docs', 'README.md', 'CONTRIBUTING.md').filter(isText);

/** Files that name rules without testing any. */
const LISTS = ['verification/model/rules.ts', 'test/unit/contract-names.test.ts'];

/** Names such as P1 or R14. "R01" is not a name, nor is part of a longer word: `PT5M`, `P1D`, `R1CS`. */
const NAME = /\b[PR][1-9]\d*\b/g;
const namesIn = (text: string): string[] => text.match(NAME) ?? [];

/** Name -> the places that name it, as file:line. */
function whereNamed(files: readonly string[]): Map<string, string[]> {
  const places = new Map<string, string[]>();
  for (const file of files)
    read(file)
      .split('\n')
      .forEach((line, i) => {
        for (const name of namesIn(line)) places.set(name, [...(places.get(name) ?? []), `${file}:${i + 1}`]);
      });
  return places;
}

const page = read(PAGE);
const promises = [...page.matchAll(/^### (P\d+) \S.*$/gm)].map(([, name = '']) => name);
/** The sentence that defines each rule. */
const rules = new Map(
  [...page.matchAll(/^#### (R\d+)\n\n\*\*(.+?)\.\*\*/gm)].map(([, name = '', sentence = '']) => [
    name,
    sentence,
  ]),
);
const defined = [...promises, ...rules.keys()];

describe('promises and rules', () => {
  it('are defined once each, P1 to P9 and R1 to R34 without a gap', () => {
    const numbered = (letter: string): string[] =>
      defined
        .filter((name) => name.startsWith(letter))
        .toSorted((a, b) => Number(a.slice(1)) - Number(b.slice(1)));
    expect(numbered('P')).toEqual(Array.from({ length: 9 }, (_, i) => `P${i + 1}`));
    expect(numbered('R')).toEqual(Array.from({ length: rules.size }, (_, i) => `R${i + 1}`));
    expect([...page.matchAll(/^#{2,4} ([PR]\d+)\b/gm)]).toHaveLength(defined.length);
    expect(rules.size).toBeGreaterThanOrEqual(33);
  });

  it(`are defined in ${PAGE}, wherever they are named`, () => {
    const undefinedOnes = [...whereNamed([...code, ...documents])]
      .filter(([name]) => !defined.includes(name))
      .map(([name, places]) => `${name}: ${places.join(', ')}`);
    expect(undefinedOnes).toEqual([]);
  });

  it('are each named in code and by a test, a mutant or the model', () => {
    const isProof = (file: string): boolean => /^(test|verification)\//.test(file) && !LISTS.includes(file);
    const inCode = whereNamed(code.filter((file) => /^(src|migrations)\//.test(file)));
    const inProof = whereNamed(code.filter(isProof));
    expect(defined.filter((name) => !inCode.has(name))).toEqual([]);
    expect(defined.filter((name) => !inProof.has(name))).toEqual([]);
  });

  it.each(Object.entries(RULES))('%s has the same sentence in the model', (name, sentence) => {
    expect(rules.get(name)?.toLowerCase()).toBe(sentence.toLowerCase());
  });
});

describe('documents', () => {
  const existing = new Set(
    [...code, ...documents, ...filesUnder('docker'), '.dependency-cruiser.cjs'].map((file) => basename(file)),
  );

  it(`name only files that exist (${PAGE} names them without folders)`, () => {
    const named = [...page.matchAll(/`([\w.-]+[.](?:ts|lua|cjs|yaml))`/g)].map(([, file = '']) => file);
    expect(named.length).toBeGreaterThan(50);
    expect([...new Set(named)].filter((file) => !existing.has(file))).toEqual([]);
  });

  it('link only to files that exist', () => {
    const broken = documents.flatMap((file) =>
      [...read(file).matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)]
        .map(([, target = '']) => join(root, file, '..', target))
        .filter((target) => !statSync(target, { throwIfNoEntry: false }))
        .map((target) => `${file}: ${target}`),
    );
    expect(broken).toEqual([]);
  });
});
