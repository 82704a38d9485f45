import { DataSource } from 'typeorm';
import { postgresOptions } from '../../platform/postgres/postgres-options.js';
import { parseSignerKey, parseVerifierKey, type VerifierKey } from '../formats/note-key.js';
import { CheckpointFile } from '../log/checkpoint-file.js';
import { logAt } from '../publishing/http-log-source.js';
import { logIn } from '../publishing/log-in-folder.js';
import type { LogSource } from '../publishing/log-source.js';
import { type Restored, restoreLog } from './restore-log.js';

/** A page of leaves is compared with the rows of as many people. */
const STATEMENT_TIMEOUT_MS = 300_000;
const SIGNER_PREFIX = 'PRIVATE+KEY+';

/** What to restore, as an operator names it. */
export interface DatabaseToRestore {
  readonly databaseUrl: string;
  readonly checkpointFile: string;
  /** The log's verifier key, or its signer key. */
  readonly key: string;
  /** A folder, or a URL. */
  readonly copy: string;
  readonly isMeant: boolean;
}

/** @throws RestoreRefused, MalformedFormat for a key that is none */
export async function restoreLogOfDatabase(named: DatabaseToRestore): Promise<Restored> {
  const source = new DataSource(
    postgresOptions({
      ...{ url: named.databaseUrl, poolSize: 2, statementTimeoutMs: STATEMENT_TIMEOUT_MS },
      ...{ applicationName: 'seonchak-restore-log', looksUpByKey: true },
    }),
  );
  try {
    await source.initialize();
    const kept = await new CheckpointFile(named.checkpointFile).read();
    const { isMeant } = named;
    return await restoreLog({ source, kept, copy: copyAt(named.copy), key: keyIn(named.key), isMeant });
  } finally {
    if (source.isInitialized) await source.destroy();
  }
}

function copyAt(place: string): LogSource {
  return /^https?:\/\//.test(place) ? logAt(new URL(place)) : logIn(place);
}

function keyIn(text: string): VerifierKey {
  return text.startsWith(SIGNER_PREFIX) ? parseSignerKey(text) : parseVerifierKey(text);
}
