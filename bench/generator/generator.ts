// The load, in a process of its own, for which there is a core of its own. Started by load-generator.ts.
import { fire } from './fire.js';
import type { FromGenerator, ToGenerator } from './generator-messages.js';
import { TokenMint } from './token-mint.js';

let mint: TokenMint | undefined;

process.on('disconnect', () => process.exit(1)); // a bench that was killed leaves no load behind
process.on('message', ({ jwtSecret, volley }: ToGenerator) => {
  mint ??= new TokenMint(jwtSecret);
  mint.forgetBelow(Math.min(volley.users.first, volley.askedBefore?.first ?? Infinity));
  fire(volley, mint).then(
    (hits) => process.send?.({ kind: 'hits', hits } satisfies FromGenerator),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
