import { createHash } from 'node:crypto';

/** What happened, by name. A name never changes its meaning; new ones may come. */
export const EVENT_TYPES = [
  'grant.granted',
  'grant.waiting',
  'grant.promoted',
  'grant.paid',
  'grant.failed',
  'grant.reversed',
  'grant.ended',
  'campaign.state',
] as const;
export type EventType = (typeof EVENT_TYPES)[number];

/** Version of the payload: incremented when a field is removed or changes its meaning, not when one is added. */
const PAYLOAD_VERSION = 1;

/** Something that endpoints are told. */
export interface Event {
  /** What receivers know it by. */
  readonly id: string;
  readonly type: EventType;
  /** The grant or campaign that it is about: events about one subject are told in order. */
  readonly subject: string;
  /** The payload, as JSON. */
  readonly body: string;
}

/** A person's place in a campaign, for payloads. */
export interface EventPlace {
  readonly campaignId: string;
  /** Null when the rows are gone: the campaign was removed meanwhile. */
  readonly userId: string | null;
  readonly arrivalNo: number;
}

/**
 * The id follows from what the event is about, so an event that is told again has the same one, even by a database that
 * was restored from a backup.
 */
export function grantEvent(type: EventType, place: EventPlace, atMs: number, more: object): Event {
  const { campaignId, userId, arrivalNo } = place;
  return {
    id: idOf(type, campaignId, String(arrivalNo), userId ?? ''),
    type,
    subject: `${campaignId}/${arrivalNo}`,
    body: bodyOf(type, atMs, { campaignId, userId, arrivalNo, ...more }),
  };
}

/** @param step tells the steps of one campaign apart */
export function campaignEvent(campaignId: string, step: string, atMs: number, more: object): Event {
  const type = 'campaign.state';
  return {
    id: idOf(type, campaignId, step),
    type,
    subject: campaignId,
    body: bodyOf(type, atMs, { campaignId, ...more }),
  };
}

/** The id of the event of this type that this person was told of, or would be. */
export function grantEventId(type: EventType, { campaignId, userId, arrivalNo }: EventPlace): string {
  return idOf(type, campaignId, String(arrivalNo), userId ?? '');
}

function bodyOf(type: EventType, atMs: number, data: object): string {
  return JSON.stringify({
    type,
    version: PAYLOAD_VERSION,
    timestamp: new Date(atMs).toISOString(),
    data,
  });
}

/** A hash, since headers are logged on the way and user ids should not be. */
function idOf(...about: readonly string[]): string {
  const digest = createHash('sha256').update(JSON.stringify(about)).digest('hex');
  return `evt_${digest.slice(0, 32)}`;
}
