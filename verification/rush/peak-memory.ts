import { readFile } from 'node:fs/promises';

/** The process' largest resident set so far, in MB; null if /proc is not available. */
export async function peakRssMb(pid: number | undefined): Promise<number | null> {
  const status = await readFile(`/proc/${pid ?? 'none'}/status`, 'utf8').catch(() => '');
  const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
  return kilobytes === undefined ? null : Math.round(Number(kilobytes) / 1_024);
}
