import type { Response } from 'supertest';
import type { Client } from './client.js';

/** `count` user ids from `first` on. */
export function users(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => first + i);
}

/** All users claim at once, through these clients in turn. @returns the answers in the order of `userIds` */
export function rush(
  clients: readonly Client[],
  campaignId: string,
  userIds: readonly (string | number)[],
): Promise<Response[]> {
  return Promise.all(
    userIds.map((userId, i) => {
      const client = clients[i % clients.length];
      if (!client) throw new Error('A rush needs an instance.');
      return client.claim(campaignId, userId);
    }),
  );
}

/** Claims again until the answer is anything but "temporarily unavailable", as a client should. */
export async function persist(
  client: Client,
  campaignId: string,
  userId: string | number,
): Promise<Response> {
  for (;;) {
    const answer = await client.claim(campaignId, userId);
    if (answer.status !== 503) return answer;
  }
}
