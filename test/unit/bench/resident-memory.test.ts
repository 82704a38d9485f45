import { readResidentMemory } from '../../../bench/resident-memory.js';

describe('the resident memory of a process', () => {
  it('is read in MB, with its peak', () => {
    const status = 'Name:\tnode\nVmPeak:\t 9999999 kB\nVmHWM:\t  204800 kB\nVmRSS:\t  102400 kB\n';
    expect(readResidentMemory(status)).toEqual({ now: 100, peak: 200 });
  });

  it('is undefined if the system does not report it', () => {
    expect(readResidentMemory('Name:\tnode\n')).toBeUndefined();
  });
});
