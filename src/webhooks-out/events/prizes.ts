import type { EntityManager } from 'typeorm';
import { rows } from '../../platform/postgres/rows.js';

interface Prize {
  /** To each person, in minor units. */
  readonly amount: number;
  /** ISO 4217. */
  readonly currency: string;
}

/** What campaigns give to each person, by campaign. */
export type Prizes = ReadonlyMap<string, Prize>;

/** Of these campaigns; neither ever changes. */
export async function readPrizes(
  snapshot: EntityManager,
  about: readonly { readonly campaignId: string }[],
): Promise<Prizes> {
  if (about.length === 0) return new Map();
  const found = await rows<Prize & { id: string }>(
    snapshot,
    `SELECT id, amount::float8 AS amount, currency FROM campaigns WHERE id = ANY ($1::text[])`,
    [[...new Set(about.map(({ campaignId }) => campaignId))]],
  );
  return new Map(found.map(({ id, ...prize }) => [id, prize]));
}
