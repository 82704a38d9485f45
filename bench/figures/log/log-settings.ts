import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { projectRoot } from '../../../tools/stack/project-folders.js';
import { testFolder } from '../../../tools/stack/servers/test-folders.js';

const program = join(projectRoot, 'dist', 'tools', 'new-log-key.js');
const origin = 'bench.example/log';

/** The settings of a service that keeps a log of its own, and gives receipts. @param name of its checkpoints' file */
export async function logSettings(name: string): Promise<Readonly<Record<string, string>>> {
  const { stdout } = await promisify(execFile)(process.execPath, [program, origin]);
  const keys = stdout
    .trim()
    .split('\n')
    .map((line) => /^(\w+)=(.*)$/.exec(line)?.slice(1) ?? []);
  return {
    ...(Object.fromEntries(keys) as Record<string, string>),
    TRANSPARENCY_CHECKPOINT_FILE: join(testFolder, `${name}.checkpoint`),
  };
}
