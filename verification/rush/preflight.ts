import { request } from 'undici';
import { UsageError } from '../../tools/command-line/usage-error.js';
import { StackError } from '../../tools/stack/stack-error.js';
import { AccessTokens } from './access-tokens.js';
import type { RushTarget } from './rush-target.js';
import { silenceOf } from './silence.js';

const deadlineMs = 10_000;

/**
 * Makes sure, before anything is created, that the service answers and takes the administrator's token of the rush.
 * @throws StackError or UsageError that says what is missing
 */
export async function checkService({ url, jwtSecret }: RushTarget): Promise<void> {
  const token = await new AccessTokens(jwtSecret).ofAdministrator();
  // Any campaign does, whether or not it exists: who may not ask is told so first.
  const status = await statusOf(url, '/v1/campaigns/default/stats', token);
  if (status === 401 || status === 403)
    throw new UsageError(
      `The service at ${url} refuses the administrator's token of the rush (${status}): set JWT_SECRET, and ` +
        'JWT_ISSUER, JWT_AUDIENCE and JWT_USER_CLAIM if it has them, to what the service has.',
    );
}

async function statusOf(url: string, path: string, token: string): Promise<number> {
  try {
    const { statusCode, body } = await request(`${url}${path}`, {
      headers: { authorization: `Bearer ${token}` },
      headersTimeout: deadlineMs,
      bodyTimeout: deadlineMs,
    });
    await body.dump();
    return statusCode;
  } catch (error) {
    throw new StackError(
      `${silenceOf(url, error)}. Start the service there, or leave out --url for one of the rush's own.`,
    );
  }
}
