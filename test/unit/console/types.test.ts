import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const root = join(__dirname, '../../..');

describe('the console', () => {
  it('has the types of openapi.json (npm run openapi writes them)', async () => {
    const program = join(root, 'node_modules/openapi-typescript/bin/cli.js');
    const { stdout } = await promisify(execFile)(process.execPath, [program, 'openapi.json'], {
      ...{ cwd: root, maxBuffer: 10_000_000 },
    });
    const committed = await readFile(join(root, 'web/console/api/openapi.ts'), 'utf8');
    expect(stdout.trim()).toBe(committed.trim());
  });
});
