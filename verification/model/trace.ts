import { protocol } from './protocol.js';
import type { World } from './world.js';

/** Repeats the steps of `way` from the first state, and describes each. */
export function tell(world: World, way: readonly number[]): string[] {
  const lines: string[] = [];
  for (const chosen of way) {
    const before = world.bytes.slice();
    const after = before.slice();
    let step = 0;
    protocol(world, (_kind, say, change) => {
      if (step++ !== chosen) return;
      change();
      lines.push(say());
      world.makeCanonical();
      after.set(world.bytes);
      world.bytes.set(before);
    });
    world.bytes.set(after);
  }
  return lines;
}
