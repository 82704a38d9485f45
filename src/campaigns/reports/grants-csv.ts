import type { GrantFilter, GrantReports } from './grant-reports.js';

const PAGE = 2_000;
const HEADER = 'campaign_id,user_id,grant_seq,arrival_no,status,created_at,updated_at\r\n';

/**
 * A campaign's grants as CSV, page by page, the header with the first. No value needs quotes: slugs, integers, words
 * and ISO times.
 */
export async function* grantsAsCsv(
  reports: GrantReports,
  campaignId: string,
  filter: GrantFilter,
): AsyncGenerator<string, void> {
  let head = HEADER;
  for await (const page of reports.pages(campaignId, filter, PAGE)) {
    const lines = page
      .map(({ userId, grantSeq, arrivalNo, status, createdAt, updatedAt }) =>
        [
          campaignId,
          userId,
          grantSeq,
          arrivalNo,
          status,
          createdAt.toISOString(),
          updatedAt.toISOString(),
        ].join(','),
      )
      .join('\r\n')
      .concat('\r\n');
    yield head + lines;
    head = '';
  }
  if (head !== '') yield head;
}
