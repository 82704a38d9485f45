import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LOG_EVENTS } from '../../src/platform/logging/log-events.js';

const src = join(__dirname, '../../src');
const sources = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => readFileSync(join(src, file), 'utf8'));

/** The codes that the source files write. */
const written = sources.flatMap((text) =>
  [...text.matchAll(/\blog\.write\(\s*'([^']+)'/g)].map(([, code = '']) => code),
);

describe('the event codes of the log', () => {
  it('are listed if and only if they are written', () => {
    expect([...new Set(written)].sort()).toEqual(Object.keys(LOG_EVENTS).sort());
  });

  it('are words with hyphens, each with a unique sentence', () => {
    for (const code of Object.keys(LOG_EVENTS)) expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/);
    const sentences = Object.values(LOG_EVENTS).map(([, sentence]) => sentence);
    expect(new Set(sentences).size).toBe(sentences.length);
  });
});
