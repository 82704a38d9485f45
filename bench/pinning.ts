import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/** The core for all servers, and the core for the load generator and the bench itself. */
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

/** The first two cores that this process may use; undefined if there are fewer, or no `taskset`. */
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

/** Pins this process and all its threads to a core. Processes that it starts afterwards stay on that core, too. */
export async function pinThisProcess(core: number): Promise<void> {
  await promisify(execFile)('taskset', ['-a', '-c', '-p', String(core), String(process.pid)]);
}
