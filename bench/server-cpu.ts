import { readdir, readFile } from 'node:fs/promises';

interface ProcessTime {
  readonly pid: number;
  readonly parentPid: number;
  /** CPU time of the process and of its ended children, in clock ticks. */
  readonly ticks: number;
}

/** Linux reports hundredths of a second, whatever the kernel's own clock. */
const microsecondsPerTick = 10_000;

async function timeOf(pid: number): Promise<ProcessTime | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'latin1');
    // The second field is the name in parentheses, which may itself contain spaces and parentheses.
    const fields = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const [, parentPid = 0] = fields;
    return { pid, parentPid, ticks: fields.slice(11, 15).reduce((sum, ticks) => sum + ticks, 0) };
  } catch {
    return undefined; // exited in the meantime
  }
}

/**
 * The CPU time that these processes and their descendants have used so far, in µs; undefined if /proc is not available.
 * The difference of two readings is the time used between them.
 */
export async function cpuOfTrees(roots: readonly number[]): Promise<number | undefined> {
  const names = await readdir('/proc').catch(() => []);
  const pids = names.filter((name) => /^\d+$/.test(name)).map(Number);
  const times = (await Promise.all(pids.map(timeOf))).filter((time) => time !== undefined);
  if (times.length === 0) return undefined;
  const children = groupByParent(times);
  const byPid = new Map(times.map((time) => [time.pid, time]));
  let ticks = 0;
  const visit = (pid: number): void => {
    ticks += byPid.get(pid)?.ticks ?? 0;
    for (const child of children.get(pid) ?? []) visit(child.pid);
  };
  roots.forEach(visit);
  return ticks * microsecondsPerTick;
}

function groupByParent(times: readonly ProcessTime[]): Map<number, ProcessTime[]> {
  const children = new Map<number, ProcessTime[]>();
  for (const time of times) {
    const siblings = children.get(time.parentPid);
    if (siblings) siblings.push(time);
    else children.set(time.parentPid, [time]);
  }
  return children;
}
