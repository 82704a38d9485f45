/** What is wrong with a connection on its way. Bytes are those of the stream; times are in ms. */
export type Toxic =
  /** Everything comes later, in order. */
  | { readonly kind: 'latency'; readonly delayMs: number }
  /** Connections are taken and kept, and nothing passes; what was sent meanwhile arrives when it is over, as it does when a network heals. */
  | { readonly kind: 'black-hole' }
  /** Standing connections are reset, new ones as soon as something is said on them. */
  | { readonly kind: 'reset' }
  /** So many bytes of a connection's replies pass, then it is cut. */
  | { readonly kind: 'cut'; readonly afterBytes: number }
  /** Requests pass and are carried out, replies are thrown away; the connection is cut a while after the first that was. */
  | { readonly kind: 'drop-reply'; readonly cutAfterMs: number }
  /** Nobody listens, and standing connections are reset. */
  | { readonly kind: 'refuse' };

export const toxicKinds = ['latency', 'black-hole', 'reset', 'cut', 'drop-reply', 'refuse'] as const;

export type ToxicKind = (typeof toxicKinds)[number];
