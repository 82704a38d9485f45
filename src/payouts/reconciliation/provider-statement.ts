import { setTimeout as sleep } from 'node:timers/promises';
import { type Agent, request } from 'undici';
import { outgoingAgent } from '../../platform/http/outgoing-agent.js';
import { ProviderSecrets } from '../by-provider/provider-secrets.js';
import { isTransfer, retryAfterMs, type Transfer } from '../by-provider/transfer-answer.js';

/** Where the provider is, as in the service's PAYOUT_HTTP_URL and PAYOUT_HTTP_SECRET. */
export interface ProviderAddress {
  readonly url: string;
  /** One or several, see `secretsIn`. */
  readonly secret: string;
}

/** The provider's statement could not be read; the message is a sentence. */
export class StatementError extends Error {
  override readonly name = 'StatementError';
}

const PAGE_LIMIT_BYTES = 8 * 1024 * 1024;
const PAGE_TIMEOUT_MS = 30_000;
const TRIES = 5;
const PAUSE_MS = 500;

/**
 * All of a campaign's transfers, a page at a time, in the order in which they were made (docs/payout-provider.md).
 * @throws StatementError when a page can't be read after some tries, or is not a page, or when pages begin with a
 *   transfer of before, so that they need never end
 */
export async function* readStatement(
  { url, secret }: ProviderAddress,
  campaignId: string,
  pageSize: number,
): AsyncGenerator<readonly Transfer[]> {
  const agent = outgoingAgent({ mostBytes: PAGE_LIMIT_BYTES });
  const secrets = new ProviderSecrets(secret);
  try {
    const query = { campaignId, limit: String(pageSize) };
    let after: string | null = null;
    let seen: string | undefined;
    for (let pages = 1; ; pages++) {
      const page = await readPage(agent, url, secrets, after === null ? query : { ...query, after });
      yield page.transfers;
      if (page.next === null) return;
      const first = page.transfers[0]?.id;
      if (first === undefined || first === seen) throw new StatementError('The statement goes in circles.');
      // Brent's algorithm: a circle of any length comes back to a page that was remembered, and only one ever is.
      if (Number.isInteger(Math.log2(pages))) seen = first;
      after = page.next;
    }
  } finally {
    await agent.destroy();
  }
}

interface Page {
  readonly transfers: readonly Transfer[];
  readonly next: string | null;
}

async function readPage(
  agent: Agent,
  url: string,
  secrets: ProviderSecrets,
  query: Readonly<Record<string, string>>,
): Promise<Page> {
  let trouble = '';
  for (let tries = 1; tries <= TRIES; tries++) {
    try {
      const { statusCode, headers, text } = await secrets.call(
        async (secret) => {
          const { body, ...answer } = await request(
            `${url.replace(/\/+$/, '')}/transfers?${new URLSearchParams(query)}`,
            {
              dispatcher: agent,
              headers: { Authorization: `Bearer ${secret}` },
              signal: AbortSignal.timeout(PAGE_TIMEOUT_MS),
            },
          );
          return { ...answer, text: await body.text() };
        },
        (answer) => answer.statusCode,
        Infinity,
      );
      if (statusCode === 200) return parse(text);
      trouble = `it answered ${statusCode}`;
      if (statusCode === 429) await sleep(retryAfterMs(headers));
      else if (statusCode < 500) break;
    } catch (error) {
      if (error instanceof StatementError) throw error;
      trouble = error instanceof Error ? error.message : String(error);
    }
    if (tries < TRIES) await sleep(PAUSE_MS);
  }
  throw new StatementError(`The provider's statement could not be read: ${trouble}.`);
}

function parse(text: string): Page {
  let page: unknown;
  try {
    page = JSON.parse(text);
  } catch {
    page = null;
  }
  const { transfers, next } = (page ?? {}) as Partial<Record<keyof Page, unknown>>;
  if (
    !Array.isArray(transfers) ||
    !transfers.every(isTransfer) ||
    !(next === null || typeof next === 'string')
  )
    throw new StatementError("A page of the provider's statement can not be read.");
  return { transfers, next };
}
