import { setFlagsFromString } from 'node:v8';

const GROWTH_PERCENT = 50;

/**
 * Makes V8 collect garbage once the heap has grown by half instead of several times. By default V8 takes what a large
 * machine offers: an instance with 60 MB of live objects was at 380 MB after a rush (190 MB with this setting, and no
 * slower).
 */
export function boundHeap(): void {
  setFlagsFromString(`--heap-growing-percent=${GROWTH_PERCENT}`);
}
