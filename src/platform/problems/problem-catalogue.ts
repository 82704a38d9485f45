/** What a problem of one code says unless its place in the code says more. */
interface ProblemKind {
  /** The statuses that it comes with. */
  readonly statuses: readonly number[];
  readonly title: string;
  /** What is wrong, and what to send or do instead. */
  readonly detail: string;
  /** Further members of an example. */
  readonly members?: Readonly<Record<string, unknown>>;
}

/** All problems by their stable codes, which clients see in `code` and at the end of `type`. */
export const PROBLEMS = {
  'invalid-request': {
    statuses: [400],
    title: 'Invalid request',
    detail: 'The request does not match what this call accepts; the OpenAPI document says what that is.',
  },
  'invalid-token': {
    statuses: [401],
    title: 'A valid bearer token is needed',
    detail: 'Send an Authorization header: Bearer <token>.',
  },
  'invalid-signature': {
    statuses: [401],
    title: 'The signature or its time is not valid',
    detail:
      'Sign webhook-id, webhook-timestamp and the body, byte for byte, as in Standard Webhooks, with the secret of ' +
      'this installation; webhook-timestamp must be the current time.',
  },
  forbidden: {
    statuses: [403],
    title: 'Not allowed',
    detail: 'This needs the scope grants:read.',
  },
  'cross-site': {
    statuses: [403],
    title: 'Not sent by a page of this site',
    detail:
      'A cookie counts only for what pages of this site send: Sec-Fetch-Site: same-origin, or Origin equal to this ' +
      'origin. From anywhere else, send a bearer token.',
  },
  'needs-approval': {
    statuses: [403],
    title: 'It takes two people to decide',
    detail: 'Propose it at …/payout-decisions, for somebody else to approve.',
  },
  'issuer-not-admitted': {
    statuses: [403],
    title: 'Not for people of this issuer',
    detail:
      'The issuer of this token may not sign for this campaign. Check the id of the campaign; who runs this installation ' +
      'says where the issuer is admitted.',
  },
  'not-eligible': {
    statuses: [403],
    title: 'Not on the list',
    detail:
      'Only people on a list may claim in this campaign, and this user is not on it. The list was final when it opened: ' +
      'asking again does not help.',
  },
  'not-found': {
    statuses: [404],
    title: 'Not found',
    detail: 'No call has this path; the OpenAPI document lists all paths. Those of the API begin with /v1.',
  },
  'unknown-campaign': {
    statuses: [404],
    title: 'There is no such campaign',
    detail: 'No campaign has the id in the path. Ids consist of a-z, 0-9 and inner hyphens.',
  },
  'no-claim': {
    statuses: [404],
    title: 'This user has no claim in this campaign',
    detail: 'Check the id of the campaign. A user claims with POST /v1/campaigns/{id}/grants.',
  },
  'not-logged': {
    statuses: [404],
    title: 'The public log does not hold this claim',
    detail:
      'There is no public log here, the campaign is older than it, its log was stopped before this claim, or its key was ' +
      'destroyed. With Retry-After the claim is only not published yet.',
  },
  'unknown-wallet': {
    statuses: [404],
    title: 'There is no such wallet',
    detail: 'A wallet comes into being with the first payout to it, or when it is closed.',
  },
  'unknown-payout': {
    statuses: [404],
    title: 'There is no such payout',
    detail: 'Check the ids of campaign and user. Only a user with a grant has a payout.',
  },
  'unknown-decision': {
    statuses: [404],
    title: 'There is no such decision',
    detail: 'GET /v1/campaigns/{id}/payout-decisions lists the decisions of a campaign.',
  },
  'unknown-endpoint': {
    statuses: [404],
    title: 'There is no such endpoint',
    detail: 'GET /v1/webhook-endpoints lists the endpoints of this installation.',
  },
  'method-not-allowed': {
    statuses: [405],
    title: 'Method not allowed',
    detail: 'The Allow header lists the methods of this path.',
  },
  'not-acceptable': {
    statuses: [406],
    title: 'Not acceptable',
    detail: 'Accept application/json and application/problem+json.',
  },
  conflict: {
    statuses: [409],
    title: 'Conflict',
    detail: 'The request contradicts the current state. Read it, and ask again.',
  },
  'sold-out': {
    statuses: [409],
    title: 'Sold out',
    detail:
      'Every place is taken: the slots, and the waiting line if there is one. Until the campaign has ended a place may ' +
      'become free: asking again can help then.',
    members: { final: false },
  },
  'not-open': {
    statuses: [409],
    title: 'Not open yet',
    detail: 'Claims are taken from opensAt on.',
    members: { opensAt: '2026-12-01T09:00:00.000Z' },
  },
  paused: {
    statuses: [409],
    title: 'Paused',
    detail:
      'The campaign takes no claims until an operator resumes it. Ask again after the seconds in Retry-After.',
  },
  'campaign-exists': {
    statuses: [409],
    title: 'A campaign with that id exists',
    detail:
      'Choose another id, or change that campaign with PATCH /v1/campaigns/{id}. An id is used once only.',
  },
  'does-not-fit': {
    statuses: [409],
    title: 'Redis has no room for a campaign of this size',
    detail: 'Give Redis more memory (maxmemory), close other campaigns, or ask for fewer places.',
  },
  'over-budget': {
    statuses: [400, 409],
    title: 'The budget exceeds the limit',
    detail: 'capacity x amount may be at most 10000000.',
  },
  'provider-not-configured': {
    statuses: [409],
    title: 'No payout provider is configured',
    detail:
      'Leave payoutProvider out, or give ledger; or set PAYOUT_HTTP_URL and PAYOUT_HTTP_SECRET of the service.',
  },
  'illegal-transition': {
    statuses: [409],
    title: 'The current state does not allow this',
    detail: 'The other members of this problem tell the current state.',
    members: { state: 'CLOSED' },
  },
  'changed-meanwhile': {
    statuses: [412],
    title: 'It was changed meanwhile',
    detail: 'Nothing was changed: it is not what If-Match names any more. Read it, and decide anew.',
    members: { revision: 8 },
  },
  closed: {
    statuses: [410],
    title: 'Closed',
    detail: 'The campaign is closed for good: it takes no more claims.',
  },
  'payload-too-large': {
    statuses: [413],
    title: 'The body is too large',
    detail: 'The body may have at most 16384 bytes.',
  },
  'unsupported-media-type': {
    statuses: [415],
    title: 'Unsupported media type',
    detail: 'Send application/json.',
  },
  'too-many-requests': {
    statuses: [429],
    title: 'Too many requests',
    detail: 'Ask again after the seconds in Retry-After.',
  },
  internal: {
    statuses: [500],
    title: 'Internal error',
    detail: 'This is a fault of the service. Its log names the request by the X-Request-Id of this answer.',
  },
  unavailable: {
    statuses: [503],
    title: 'Temporarily unavailable',
    detail: 'Ask again after the seconds in Retry-After. That is safe: nothing that was accepted is lost.',
  },
} as const satisfies Readonly<Record<string, ProblemKind>>;

export type ProblemCode = keyof typeof PROBLEMS;

/** What `PROBLEMS` says about a code. */
export function problemKind(code: ProblemCode): ProblemKind {
  return PROBLEMS[code];
}
