import type { Arena } from '../arena/arena.js';
import type { PlannedFault } from '../plan/planned-fault.js';
import { type Link, type LinkFault, links } from '../plan/fault-kinds.js';
import { type Toxic, type ToxicKind, toxicKinds } from '../proxy/toxic.js';
import { lastUntilEffect } from './effect.js';

const toxics: { readonly [Kind in ToxicKind]: Toxic & { readonly kind: Kind } } = {
  latency: { kind: 'latency', delayMs: 150 },
  'black-hole': { kind: 'black-hole' },
  reset: { kind: 'reset' },
  cut: { kind: 'cut', afterBytes: 700 },
  'drop-reply': { kind: 'drop-reply', cutAfterMs: 400 },
  refuse: { kind: 'refuse' },
};

function readKind(kind: LinkFault): { link: Link; toxic: Toxic } {
  for (const link of links) {
    for (const toxic of toxicKinds) {
      if (kind === `link-${link}-${toxic}`) return { link, toxic: toxics[toxic] };
    }
  }
  throw new Error(`${kind} is not a fault of a link.`);
}

/**
 * Injects a fault into a link for a while.
 * @returns the number of affected bytes or connections
 */
export async function spoilLink(
  arena: Arena,
  { kind, target, durationMs }: PlannedFault & { readonly kind: LinkFault },
): Promise<number> {
  const { link, toxic } = readKind(kind);
  const spoilt = arena.links.find(link, target).map(({ proxy }) => proxy);
  await Promise.all(spoilt.map((proxy) => proxy.set(toxic)));
  try {
    return await lastUntilEffect(durationMs, () => spoilt.reduce((sum, { hits }) => sum + hits, 0));
  } finally {
    await Promise.all(spoilt.map((proxy) => proxy.set(null)));
  }
}
