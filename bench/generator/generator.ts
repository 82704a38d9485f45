// The load generator: a separate process on its own core, started by load-generator.ts.
import { fire } from './fire.js';
import { pourOut } from './flood.js';
import type { FromGenerator, ToGenerator } from './generator-messages.js';
import { TokenMint } from './token-mint.js';

let mint: TokenMint | undefined;

process.on('disconnect', () => process.exit(1)); // the generator ends when its bench is killed
process.on('message', (message: ToGenerator) => {
  mint ??= new TokenMint(message.jwtSecret);
  answerTo(message, mint).then(
    (answer) => process.send?.(answer),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});

async function answerTo(message: ToGenerator, tokens: TokenMint): Promise<FromGenerator> {
  if (message.kind === 'flood') {
    tokens.forgetBelow(message.flood.firstUser);
    return { kind: 'flooded', flooded: await pourOut(message.flood, tokens) };
  }
  const { volley } = message;
  tokens.forgetBelow(Math.min(volley.users.first, volley.askedBefore?.first ?? Infinity));
  return { kind: 'hits', hits: await fire(volley, tokens) };
}
