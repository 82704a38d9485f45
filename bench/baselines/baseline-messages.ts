/** Messages from the parent to a baseline. Each is answered with a message of the same kind. */
export type ToBaseline =
  /** Delete everything and start with `capacity` free slots. */
  | { readonly kind: 'fresh'; readonly capacity: number }
  /** How many accepted users are not paid yet? */
  | { readonly kind: 'unpaid' }
  /** How many users are paid according to the books? */
  | { readonly kind: 'paid' };

export type FromBaseline =
  /** The baseline now takes requests. */
  | { readonly kind: 'listening' }
  | { readonly kind: 'fresh' }
  | { readonly kind: 'unpaid' | 'paid'; readonly count: number };
