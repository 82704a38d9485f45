import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageError } from '../../tools/command-line/usage-error.js';
import { fromEnvironment } from '../../tools/stack/dot-env.js';
import { dataFolder, ensureFolder } from '../../tools/stack/project-folders.js';

export interface BankSecrets {
  /** The bearer token of callers: the service's PAYOUT_HTTP_SECRET. */
  readonly bearer: string;
  /** The key that signs webhooks: the service's PAYOUT_WEBHOOK_SECRET. */
  readonly webhook: string;
}

const newSecret = () => randomBytes(32).toString('base64url');

/** Generated once, kept in `.data/bank-secrets.json`. */
async function developmentSecrets(): Promise<BankSecrets> {
  if (fromEnvironment('NODE_ENV') === 'production') {
    throw new UsageError('In production BANK_SECRET and BANK_WEBHOOK_SECRET must be set.');
  }
  const file = join(dataFolder, 'bank-secrets.json');
  await ensureFolder(dataFolder);
  try {
    const secrets: BankSecrets = { bearer: newSecret(), webhook: newSecret() };
    await writeFile(file, JSON.stringify(secrets), { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  return JSON.parse(await readFile(file, 'utf8')) as BankSecrets;
}

const whsec = /^whsec_[A-Za-z0-9+/]{32,86}={0,2}$/;

/** Reads BANK_SECRET and BANK_WEBHOOK_SECRET. In development, generated secrets replace those that are not set. */
export async function findBankSecrets(): Promise<BankSecrets> {
  const bearer = fromEnvironment('BANK_SECRET');
  const webhook = fromEnvironment('BANK_WEBHOOK_SECRET');
  if (webhook?.startsWith('whsec_') && !whsec.test(webhook)) {
    throw new UsageError('BANK_WEBHOOK_SECRET must be whsec_ followed by 24 to 64 bytes in base64.');
  }
  if (bearer !== undefined && webhook !== undefined) return { bearer, webhook };
  const development = await developmentSecrets();
  return { bearer: bearer ?? development.bearer, webhook: webhook ?? development.webhook };
}
