import { readFile } from 'node:fs/promises';

/** Resident memory of a process, in MB of 1,048,576 bytes. */
export interface ResidentMemory {
  readonly now: number;
  /** The largest value so far. */
  readonly peak: number;
}

/** @param status the text of Linux's /proc/<pid>/status */
export function readResidentMemory(status: string): ResidentMemory | undefined {
  const megabytes = (field: string): number => {
    const kilobytes = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1];
    return Number(kilobytes) / 1_024;
  };
  const memory = { now: megabytes('VmRSS'), peak: megabytes('VmHWM') };
  return Number.isFinite(memory.now + memory.peak) ? memory : undefined;
}

/** Undefined if /proc is not available. */
export async function residentMemoryOf(pid: number): Promise<ResidentMemory | undefined> {
  return readResidentMemory(await readFile(`/proc/${pid}/status`, 'utf8').catch(() => ''));
}
