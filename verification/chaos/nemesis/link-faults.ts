import { setTimeout as sleep } from 'node:timers/promises';
import type { Arena } from '../arena/arena.js';
import type { PlannedFault } from '../plan/planned-fault.js';
import { isInstance } from '../plan/footprint.js';
import { type Link, type LinkFault, links } from '../plan/fault-kinds.js';
import { type Toxic, type ToxicKind, toxicKinds } from '../proxy/toxic.js';
import type { TcpProxy } from '../proxy/tcp-proxy.js';
import { lastUntilEffect } from './effect.js';
import { standing } from './process-faults.js';

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
 * Injects a fault into a link for a while. If one instance owns the link, waits until that instance is up.
 * @returns the number of affected bytes or connections
 */
export async function spoilLink(
  arena: Arena,
  { kind, target, durationMs }: PlannedFault & { readonly kind: LinkFault },
): Promise<number> {
  const { link, toxic } = readKind(kind);
  if (isInstance(target)) await standing(arena, target);
  const found = arena.links.find(link, target).map(({ proxy }) => proxy);
  const chosen = target === 'busiest' ? await busiest(found) : found;
  return spoilUntilEffect(chosen, found, toxic, durationMs);
}

/**
 * Applies the toxic to the chosen links. If it has had no effect by then, to all that are found: somebody else may have
 * taken over the work of whoever was busiest.
 * @returns the number of affected bytes or connections
 */
export async function spoilUntilEffect(
  chosen: readonly TcpProxy[],
  found: readonly TcpProxy[],
  toxic: Toxic,
  durationMs: number,
): Promise<number> {
  const spoil = async (links: readonly TcpProxy[], by: Toxic | null): Promise<void> => {
    await Promise.all(links.map((proxy) => proxy.set(by)));
  };
  const effectOn = (links: readonly TcpProxy[]): number => links.reduce((sum, { hits }) => sum + hits, 0);
  await spoil(chosen, toxic);
  try {
    await sleep(durationMs);
    const effect = effectOn(chosen);
    if (effect > 0) return effect;
    await spoil(found, toxic);
    return await lastUntilEffect(0, () => effectOn(found));
  } finally {
    await spoil(found, null);
  }
}

const shortWhileMs = 100;

/** The link that carries most in a short while, once there is traffic; none if there is none for a very long time. */
export async function busiest(proxies: readonly TcpProxy[]): Promise<TcpProxy[]> {
  const before = new Map(proxies.map((proxy) => [proxy, proxy.traffic]));
  const since = (proxy: TcpProxy): number => proxy.traffic - (before.get(proxy) ?? 0);
  await lastUntilEffect(shortWhileMs, () => proxies.reduce((sum, proxy) => sum + since(proxy), 0));
  return proxies
    .filter((proxy) => since(proxy) > 0)
    .sort((a, b) => since(b) - since(a))
    .slice(0, 1);
}
