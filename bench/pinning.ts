import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/** Which core the whole server runs on, and which one the load generator and the bench itself. */
export interface Cores {
  readonly server: number;
  readonly generator: number;
}

/** The numbers in a list like `0-2,5`. */
function numbersIn(list: string): number[] {
  return list.split(',').flatMap((range) => {
    const [first = NaN, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });
}

/** The first two cores that this process may use; undefined where there are not two, or no `taskset` to pin with. */
export async function findCores(): Promise<Cores | undefined> {
  const status = await readFile('/proc/self/status', 'utf8').catch(() => '');
  const [server, generator] = numbersIn(/^Cpus_allowed_list:\s+(\S+)$/m.exec(status)?.[1] ?? '');
  if (server === undefined || generator === undefined) return undefined;
  try {
    await promisify(execFile)('taskset', ['-c', '-p', String(process.pid)]);
    return { server, generator };
  } catch {
    return undefined;
  }
}

/** Pins this process with all its threads. What it starts from now on stays on that core too, with all its children. */
export async function pinThisProcess(core: number): Promise<void> {
  await promisify(execFile)('taskset', ['-a', '-c', '-p', String(core), String(process.pid)]);
}
