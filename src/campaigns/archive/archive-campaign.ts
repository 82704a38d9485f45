import { access } from 'node:fs/promises';
import { DataSource } from 'typeorm';
import { recordAct } from '../../platform/admin/record-act.js';
import { postgresOptions } from '../../platform/postgres/postgres-options.js';
import { rows } from '../../platform/postgres/rows.js';
import { ArchiveError, type VerifiedArchive, verifyArchive } from './archive-file.js';
import { endIfFrozen } from './end-if-frozen.js';
import { removeCampaign } from './remove-campaign.js';
import { writeArchive } from './write-archive.js';

const STATEMENT_TIMEOUT_MS = 300_000;

interface ArchiveOptions {
  readonly databaseUrl: string;
  readonly campaignId: string;
  readonly path: string;
  /** Whether the campaign is removed from Postgres once its archive is on disk. */
  readonly remove: boolean;
  /** Called with how many people's rows have gone so far. */
  readonly onBatch?: (people: number) => void;
}

interface Standing {
  readonly isFinished: boolean;
  /** In the form in which an archive has it. */
  readonly archivedAt: string | null;
  readonly sha256: string | null;
}

/**
 * Archives a finished campaign into a file and, on request, removes it. If it is interrupted, another run with the same
 * file goes on where it was.
 * @throws ArchiveError when there is no such campaign, it is not finished, the log still reads it, or the file is not
 *   its archive; the drivers' errors
 */
export async function archiveCampaign(options: ArchiveOptions): Promise<VerifiedArchive> {
  const source = new DataSource(
    postgresOptions({
      url: options.databaseUrl,
      poolSize: 1,
      statementTimeoutMs: STATEMENT_TIMEOUT_MS,
      applicationName: 'seonchak-archive',
      looksUpByKey: true,
    }),
  );
  try {
    await source.initialize();
    return await (options.remove ? archiveAndRemove(source, options) : archiveOnly(source, options));
  } finally {
    if (source.isInitialized) await source.destroy();
  }
}

async function archiveOnly(
  source: DataSource,
  { campaignId, path }: ArchiveOptions,
): Promise<VerifiedArchive> {
  const { isFinished, sha256 } = await readStanding(source, campaignId);
  if (!isFinished) throw new ArchiveError(`Campaign ${campaignId} is not finished.`);
  if (sha256 !== null)
    throw new ArchiveError(`Campaign ${campaignId} was removed; its archive is ${sha256}.`);
  if (await exists(path)) throw new ArchiveError(`${path} exists already.`);
  await writeArchive(source, campaignId, path);
  return verifyArchive(path);
}

/**
 * From `archived_at` on, nothing of the campaign is written. Rows may go once the archive of that state is on record.
 */
async function archiveAndRemove(
  source: DataSource,
  { campaignId, path, onBatch }: ArchiveOptions,
): Promise<VerifiedArchive> {
  if (!(await readStanding(source, campaignId)).isFinished)
    throw new ArchiveError(`Campaign ${campaignId} is not finished.`);
  if (await isStillRead(source, campaignId))
    throw new ArchiveError(
      `The public log has not come to the end of campaign ${campaignId}: try again later.`,
    );
  await source.transaction(async (transaction) => {
    await endIfFrozen(transaction);
    // Money that comes back takes its turn before, or finds that the campaign is archived.
    await rows(transaction, `SELECT pg_advisory_xact_lock(hashtextextended('campaign:' || $1, 0))`, [
      campaignId,
    ]);
    const archived = await rows(
      transaction,
      `WITH archived AS (
         UPDATE campaigns SET archived_at = now() WHERE id = $1 AND archived_at IS NULL RETURNING id
       ) SELECT id FROM archived`,
      [campaignId],
    );
    if (archived.length > 0)
      await recordAct(transaction, { act: 'campaign-archived', actor: 'archive', campaignId });
  });
  const { archivedAt, sha256 } = await readStanding(source, campaignId);
  if (sha256 === null && !(await exists(path))) await writeArchive(source, campaignId, path);
  const archive = await verifyArchive(path);
  const isOfThis = archive.campaignId === campaignId && archive.archivedAt === archivedAt;
  if (!isOfThis || (sha256 !== null && sha256 !== archive.sha256)) {
    throw new ArchiveError(
      `${path} is not the archive that campaign ${campaignId} was removed into${sha256 === null ? '' : `: that is ${sha256}`}.`,
    );
  }
  await rows(
    source,
    `WITH recorded AS (
       UPDATE campaigns SET archive_sha256 = $2 WHERE id = $1 AND archive_sha256 IS NULL RETURNING id
     ) SELECT id FROM recorded`,
    [campaignId, archive.sha256],
  );
  await removeCampaign(source, campaignId, onBatch ?? (() => undefined));
  return archive;
}

async function readStanding(source: DataSource, campaignId: string): Promise<Standing> {
  const [standing] = await rows<Standing>(
    source,
    `SELECT gate_retired_at IS NOT NULL AS "isFinished", to_jsonb(archived_at) #>> '{}' AS "archivedAt",
            archive_sha256 AS sha256
       FROM campaigns WHERE id = $1`,
    [campaignId],
  );
  if (!standing) throw new ArchiveError(`There is no campaign ${campaignId}.`);
  return standing;
}

/** Whether the log is on and still needs rows of this campaign. What it has written itself stays for ever. */
async function isStillRead(source: DataSource, campaignId: string): Promise<boolean> {
  const [found] = await rows<{ isStillRead: boolean }>(
    source,
    `SELECT EXISTS (SELECT FROM change_readers WHERE name = 'log')
            AND NOT EXISTS (SELECT FROM log_campaigns WHERE campaign_id = $1 AND standing <> 'open') AS "isStillRead"`,
    [campaignId],
  );
  return found?.isStillRead ?? false;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
