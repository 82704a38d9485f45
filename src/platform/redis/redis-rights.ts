import type { RequestRedis } from './request-redis.js';

/** By which a server does not let a user in, or does not let it use a command or a key. */
const REFUSALS = /^(NOAUTH|WRONGPASS|NOPERM)\b/;

/** Whether a server refuses our user, rather than that it can't be asked just now. */
export const isRefusal = (error: unknown): error is Error =>
  error instanceof Error && REFUSALS.test(error.message);

/** The keys that we write, by example: one of each beginning that a user may be limited to. None of them exists. */
export function exampleKeys(prefix: string, of: 'gates' | 'queue'): readonly string[] {
  return of === 'queue'
    ? [`${prefix}:rights`, `{${prefix}-jobs}:rights`]
    : [`${prefix}:rights`, `${prefix}-calls:rights`, `${prefix}-rates:rights`];
}

/** Why the user of this connection may not write one of `keys`; null when it may, or the server can't be asked. */
export async function whyRefused(redis: RequestRedis, keys: readonly string[]): Promise<string | null> {
  for (const key of keys) {
    const refusal = await redis.unlink(key).then(
      () => null,
      (error: unknown) => (isRefusal(error) ? `${error.message} (${key})` : null),
    );
    if (refusal !== null) return refusal;
  }
  return null;
}
