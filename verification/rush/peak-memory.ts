import { readFile } from 'node:fs/promises';

/** The largest resident set that the process has had, in MB; null where /proc does not tell. */
export async function peakRssMb(pid: number | undefined): Promise<number | null> {
  const status = await readFile(`/proc/${pid ?? 'none'}/status`, 'utf8').catch(() => '');
  const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
  return kilobytes === undefined ? null : Math.round(Number(kilobytes) / 1_024);
}
