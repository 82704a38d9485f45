/** A fault of a connection. Bytes are those of the stream; times are in ms. */
export type Toxic =
  /** All data arrives later, in order. */
  | { readonly kind: 'latency'; readonly delayMs: number }
  /**
   * Connections are accepted and kept, but nothing passes. Data sent meanwhile arrives when the fault ends, as when a
   * network recovers.
   */
  | { readonly kind: 'black-hole' }
  /** Open connections are reset, new ones as soon as the client sends data. */
  | { readonly kind: 'reset' }
  /** `afterBytes` bytes of a connection's replies pass, then it is cut. */
  | { readonly kind: 'cut'; readonly afterBytes: number }
  /**
   * Requests pass and are executed, replies are dropped. The connection is cut `cutAfterMs` after the first dropped
   * reply.
   */
  | { readonly kind: 'drop-reply'; readonly cutAfterMs: number }
  /** The port is closed, and open connections are reset. */
  | { readonly kind: 'refuse' };

export const toxicKinds = ['latency', 'black-hole', 'reset', 'cut', 'drop-reply', 'refuse'] as const;

export type ToxicKind = (typeof toxicKinds)[number];
