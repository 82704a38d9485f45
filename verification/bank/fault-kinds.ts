/** Faults of the answer to a POST; at most one per request. "After": after the request was executed. */
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
  /** The connection is cut at once and the request is executed later. Until then a look-up finds nothing. */
  'delayedBefore',
] as const;

/** Faults of a look-up or of a page of the statement; at most one per request. */
export const lookupFaults = ['getError', 'getTimeout'] as const;

/** Faults of a webhook; at most one per event. */
export const webhookFaults = ['duplicateWebhook', 'lateWebhook', 'shuffledWebhooks', 'lostWebhook'] as const;

/**
 * What may happen to a new transfer; each is drawn independently. The log records `reject` and `reversal` as events.
 */
export const turns = ['reject', 'pendingFirst', 'reversal'] as const;

export type RequestFault = (typeof requestFaults)[number];
export type LookupFault = (typeof lookupFaults)[number];
export type WebhookFault = (typeof webhookFaults)[number];
export type Turn = (typeof turns)[number];

/** Everything that can have odds or be planned. */
export type Fault = RequestFault | LookupFault | WebhookFault | Turn;

/** Everything that the log records as a fault. */
export type FaultKind = RequestFault | LookupFault | WebhookFault | 'pendingFirst';

export const allFaults: readonly Fault[] = [...requestFaults, ...lookupFaults, ...webhookFaults, ...turns];
