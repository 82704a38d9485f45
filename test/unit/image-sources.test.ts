import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import ts from 'typescript';

const projectRoot = join(__dirname, '..', '..');

/** Whether .dockerignore lets a path into the build: the last line that it lies under decides, as Docker has it. */
function reachesBuild(path: string): boolean {
  const lines = readFileSync(join(projectRoot, '.dockerignore'), 'utf8').split('\n');
  const isUnder = (line: string): boolean => line === '*' || path === line || path.startsWith(`${line}/`);
  const last = lines
    .filter((line) => line && !line.startsWith('#'))
    .findLast((line) => isUnder(line.replace('!', '')));
  return last?.startsWith('!') ?? false;
}

/** What the Dockerfile copies from the checkout. */
function copied(): string[] {
  const dockerfile = readFileSync(join(projectRoot, 'docker', 'Dockerfile'), 'utf8');
  return [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, paths]) => paths!.split(' '));
}

function sourcesUnder(path: string): string[] {
  const full = join(projectRoot, path);
  if (!statSync(full).isDirectory()) return /\.[mc]?tsx?$/.test(path) ? [path] : [];
  return readdirSync(full).flatMap((name) => sourcesUnder(join(path, name)));
}

/** The files of the checkout that a source imports. */
function importedBy(source: string): string[] {
  const { importedFiles } = ts.preProcessFile(readFileSync(join(projectRoot, source), 'utf8'));
  return importedFiles
    .filter(({ fileName }) => fileName.startsWith('.'))
    .map(({ fileName }) => join(dirname(source), fileName))
    .map((path) =>
      [path, path.replace(/\.js$/, '.ts'), path.replace(/\.js$/, '.tsx')].find((candidate) =>
        existsSync(join(projectRoot, candidate)),
      ),
    )
    .filter((path) => path !== undefined);
}

it('the build of the image has every file that its sources import', () => {
  const isThere = (path: string): boolean =>
    reachesBuild(path) && copied().some((folder) => !relative(folder, path).startsWith('..'));
  const sources = copied().flatMap(sourcesUnder).filter(reachesBuild);
  expect(sources.length).toBeGreaterThan(500);
  const missing = sources.flatMap((source) =>
    importedBy(source)
      .filter((path) => !isThere(path))
      .map((path) => `${source} imports ${path}`),
  );
  expect(missing).toEqual([]);
});
