// The load generator: a separate process on its own core, started by load-generator.ts.
import { ClaimPages } from './claim-pages.js';
import { Credentials } from './credentials.js';
import { fire } from './fire.js';
import { pourOut } from './flood.js';
import type { FromGenerator, Looks, ToGenerator } from './generator-messages.js';

let credentials: Credentials | undefined;
let pages: ClaimPages | undefined;

process.on('disconnect', () => process.exit(1)); // the generator ends when its bench is killed
process.on('message', (message: ToGenerator) => {
  credentials ??= new Credentials(message.secrets);
  answerTo(message, credentials).then(
    (answer) => process.send?.(answer),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});

async function answerTo(message: ToGenerator, made: Credentials): Promise<FromGenerator> {
  switch (message.kind) {
    case 'flood':
      made.forgetBelow(message.flood.firstUser);
      return { kind: 'flooded', flooded: await pourOut(message.flood, made.tokens) };
    case 'fire': {
      const { volley } = message;
      made.forgetBelow(Math.min(volley.users.first, volley.askedBefore?.first ?? Infinity));
      return { kind: 'hits', hits: await fire(volley, made) };
    }
    case 'claim-pages':
      pages = await ClaimPages.claim(message.order, made);
      return looksOf(pages);
    case 'show-pages':
      pages?.show();
      return looksOf(pages);
    case 'hide-pages':
      await pages?.hide();
      return looksOf(pages);
  }
}

function looksOf(open: ClaimPages | undefined): FromGenerator & { readonly looks: Looks } {
  if (!open) throw new Error('There are no pages.');
  return { kind: 'looks', looks: open.takeLooks() };
}
