/** To a baseline, over the channel to its parent: each is answered by the message of the same kind. */
export type ToBaseline =
  /** Forget everything; from now on there are `capacity` free slots. */
  | { readonly kind: 'fresh'; readonly capacity: number }
  /** How many of those who were accepted are not paid yet? */
  | { readonly kind: 'unpaid' }
  /** How many have been paid, by the books? */
  | { readonly kind: 'paid' };

export type FromBaseline =
  /** It takes requests now. */
  | { readonly kind: 'listening' }
  | { readonly kind: 'fresh' }
  | { readonly kind: 'unpaid' | 'paid'; readonly count: number };
