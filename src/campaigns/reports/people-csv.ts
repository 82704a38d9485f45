import type { PeopleReport } from './people-report.js';
import type { PeopleFilter, Person } from './person.js';

const PAGE = 2_000;

/** Column -> its value. */
const COLUMNS: Readonly<Record<string, (person: Person) => string | number | Date | null>> = {
  user_id: ({ userId }) => userId,
  arrival_no: ({ arrivalNo }) => arrivalNo,
  status: ({ status }) => status,
  created_at: ({ createdAt }) => createdAt,
  updated_at: ({ updatedAt }) => updatedAt,
  grant_seq: ({ grantSeq }) => grantSeq,
  promoted_at: ({ promotedAt }) => promotedAt,
  slot_from_user_id: ({ slotFrom }) => slotFrom?.userId ?? null,
  slot_from_arrival_no: ({ slotFrom }) => slotFrom?.arrivalNo ?? null,
  failure_reason: ({ failureReason }) => failureReason,
  paid_at: ({ paidAt }) => paidAt,
  payout_reference: ({ payoutReference }) => payoutReference,
};

const HEAD = ['campaign_id', ...Object.keys(COLUMNS)];

/** Somebody in the line who got a slot that another had lost, and was paid. */
const EXAMPLE =
  'spring-drop,42,5,SUCCESS,2026-12-01T09:00:00.120Z,2026-12-01T09:00:07.480Z,3,2026-12-01T09:00:04.310Z,17,3,,' +
  '2026-12-01T09:00:07.480Z,tx-8812';

/** The export, as the OpenAPI document describes it. */
export const PEOPLE_CSV = {
  type: 'string',
  description:
    `CSV (RFC 4180) with these columns, in this order: ${HEAD.map((name) => `\`${name}\``).join(', ')}. Times are in UTC. ` +
    'New columns may come at the end.',
  example: [HEAD.join(','), EXAMPLE, ''].join('\r\n'),
} as const;

/**
 * A campaign's people as CSV (RFC 4180), page by page, the header with the first: a long search that finds nobody has
 * begun to answer before anybody gives up. Empty strings let the reader stop it. What does not exist is empty.
 */
export async function* peopleAsCsv(
  report: PeopleReport,
  campaignId: string,
  filter: PeopleFilter,
): AsyncGenerator<string, void> {
  let head = line(HEAD);
  for await (const page of report.pages(campaignId, filter, PAGE)) {
    yield head + page.map((person) => line([campaignId, ...valuesOf(person)])).join('');
    head = '';
  }
}

function valuesOf(person: Person): (string | number)[] {
  return Object.values(COLUMNS).map((valueOf) => {
    const value = valueOf(person);
    return value instanceof Date ? value.toISOString() : (value ?? '');
  });
}

/** Only a provider's reference may need quotes: the others are slugs, integers, words and times. */
function line(values: readonly (string | number)[]): string {
  const quoted = values.map((value) =>
    typeof value === 'string' && /[",]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value,
  );
  return `${quoted.join(',')}\r\n`;
}
