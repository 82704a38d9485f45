import { MalformedFormat } from './malformed-format.js';

const MOST_BYTES = 65_535;

/** The entries of a bundle, each behind its length in two bytes, big-endian (C2SP tlog-tiles). */
export function encodeEntries(entries: readonly Uint8Array[]): Uint8Array {
  const bundle = new Uint8Array(entries.reduce((length, entry) => length + 2 + entry.length, 0));
  let at = 0;
  for (const entry of entries) {
    if (entry.length > MOST_BYTES) throw new RangeError(`An entry has at most ${MOST_BYTES} bytes.`);
    bundle[at] = entry.length >> 8;
    bundle[at + 1] = entry.length & 0xff;
    bundle.set(entry, at + 2);
    at += 2 + entry.length;
  }
  return bundle;
}

/** Reads a bundle of exactly `count` entries. @throws MalformedFormat */
export function decodeEntries(bundle: Uint8Array, count: number): readonly Uint8Array[] {
  const entries: Uint8Array[] = [];
  let at = 0;
  while (at < bundle.length) {
    const [high, low] = [bundle[at], bundle[at + 1]];
    if (high === undefined || low === undefined)
      throw new MalformedFormat('entry bundle', 'ends within a length');
    const end = at + 2 + high * 256 + low;
    if (end > bundle.length) throw new MalformedFormat('entry bundle', 'ends within an entry');
    entries.push(bundle.subarray(at + 2, end));
    at = end;
  }
  if (entries.length !== count)
    throw new MalformedFormat('entry bundle', `has ${entries.length} entries instead of ${count}`);
  return entries;
}
