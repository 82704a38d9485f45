/** What may happen to a POST's answer; at most one of them a request. "After": when the request has been executed. */
export const requestFaults = [
  'timeoutAfter',
  'timeoutBefore',
  'errorAfter',
  'errorBefore',
  'tooMany',
  'malformedAfter',
  'wrongEchoAfter',
  'hugeAfter',
  'dripAfter',
  'resetAfter',
  'resetBefore',
  /** The connection is cut at once, and the request executed a while later: until then a look-up finds nothing. */
  'delayedBefore',
] as const;

/** What may happen to a look-up, or to a page of the statement; at most one a request. */
export const lookupFaults = ['getError', 'getTimeout'] as const;

/** What may happen to the telling of an event; at most one an event. */
export const webhookFaults = ['duplicateWebhook', 'lateWebhook', 'shuffledWebhooks', 'lostWebhook'] as const;

/** How a new transfer may turn out; each is drawn by itself. The log tells `reject` and `reversal` as events. */
export const turns = ['reject', 'pendingFirst', 'reversal'] as const;

export type RequestFault = (typeof requestFaults)[number];
export type LookupFault = (typeof lookupFaults)[number];
export type WebhookFault = (typeof webhookFaults)[number];
export type Turn = (typeof turns)[number];

/** What can be given odds, or be planned. */
export type Misfortune = RequestFault | LookupFault | WebhookFault | Turn;

/** What the log calls a fault. */
export type FaultKind = RequestFault | LookupFault | WebhookFault | 'pendingFirst';

export const misfortunes: readonly Misfortune[] = [
  ...requestFaults,
  ...lookupFaults,
  ...webhookFaults,
  ...turns,
];
