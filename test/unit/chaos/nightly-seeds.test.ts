import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readChaosOptions } from '../../../verification/chaos/chaos-options.js';

it('the nightly draws only seeds that `npm run chaos` takes', () => {
  const workflow = readFileSync(join(__dirname, '../../../.github/workflows/nightly.yml'), 'utf8');
  const [draw] = /^ *seed=.*$/m.exec(workflow) ?? [];
  for (let night = 0; night < 20; night++) {
    const seed = execFileSync('bash', ['-c', `${draw}\nprintf %s "$seed"`]).toString();
    expect(seed).toMatch(/^\d+$/);
    expect(readChaosOptions(['--seed', seed]).seed).toBe(Number(seed));
  }
});
