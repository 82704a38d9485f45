import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

export interface RunningProcess {
  pid: number;
  parentPid: number;
  commandLine: string;
}

/** Reads /proc: slim Debian images have no `ps`. */
async function readProc(): Promise<RunningProcess[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const entries = await Promise.all(
    pids.map(async (pid) => {
      try {
        const [stat, commandLine] = await Promise.all([
          readFile(`/proc/${pid}/stat`, 'latin1'),
          readFile(`/proc/${pid}/cmdline`, 'utf8'),
        ]);
        // The second field is the name in parentheses, which may itself contain spaces and parentheses.
        const afterName = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        return {
          pid: Number(pid),
          parentPid: Number(afterName[1]),
          commandLine: commandLine.replaceAll('\0', ' ').trim(),
        };
      } catch {
        return undefined; // exited in the meantime
      }
    }),
  );
  return entries.filter((entry) => entry !== undefined);
}

async function readPs(): Promise<RunningProcess[]> {
  const { stdout } = await promisify(execFile)('ps', ['-axww', '-o', 'pid=,ppid=,command='], {
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout.split('\n').flatMap((line) => {
    const [, pid, parentPid, commandLine] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return commandLine && !commandLine.endsWith('<defunct>')
      ? [{ pid: Number(pid), parentPid: Number(parentPid), commandLine: commandLine.trim() }]
      : [];
  });
}

/**
 * Every running process that has a command line. Zombies have none and count as ended: in a container whose init
 * process reaps no children they stay for ever, and signal 0 would report them as alive.
 */
export async function processTable(): Promise<RunningProcess[]> {
  const entries = await (process.platform === 'linux' ? readProc() : readPs());
  return entries.filter(({ commandLine }) => commandLine !== '');
}

/** Sends a signal. A process that has already exited is not an error. A negative pid means its process group. */
export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/** Waits until `find` finds no process. Returns false if that takes longer than `deadlineMs`. */
export async function waitUntilGone(
  find: () => Promise<RunningProcess[]>,
  deadlineMs: number,
): Promise<boolean> {
  const deadline = Date.now() + deadlineMs;
  while ((await find()).length > 0) {
    if (Date.now() > deadline) return false;
    await sleep(20);
  }
  return true;
}
