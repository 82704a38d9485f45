import { CHANCE, type Offer, PROGRESS } from './step.js';
import { GRANT, type World } from './world.js';

/** The bank across the network: how it handles requests. Its answers may be lost. */
export function provider(world: World, offer: Offer): void {
  if (world.shape.provider !== 'bank') return;
  for (let user = 1; user <= world.shape.users; user++) {
    if (world.provider.onTheirWay[user]! > 0) decide(world, user, offer);
    tellByItself(world, user, offer);
    if (world.shape.keysAreForgotten) forget(world, user, offer);
  }
}

/** Handles a request. R13: the first outcome of a key is final. */
function decide(world: World, user: number, offer: Offer): void {
  const { outcome, moved, onTheirWay, memory } = world.provider;
  const isRemembered = outcome[user] !== 0 && memory[user] !== 2;
  const isFinal = isRemembered && (outcome[user] === GRANT.success || world.obeys('R13'));
  if (isFinal && !world.does('a key per attempt')) {
    offer(
      PROGRESS,
      () => `the provider has seen the key of user ${user} before`,
      () => {
        onTheirWay[user]!--;
      },
    );
    return;
  }
  offer(
    PROGRESS,
    () => `the provider moves the money of user ${user}`,
    () => {
      onTheirWay[user]!--;
      outcome[user] = GRANT.success;
      moved[user]!++;
    },
  );
  if (!world.shape.rejecting?.includes(user) || outcome[user] === GRANT.success) return;
  offer(
    PROGRESS,
    () => `the provider rejects the payout of user ${user}`,
    () => {
      onTheirWay[user]!--;
      outcome[user] = GRANT.failed;
    },
  );
}

/** A webhook, early or late. After it, only the reaper tells the gate. */
function tellByItself({ provider, postgres }: World, user: number, offer: Offer): void {
  const outcome = provider.outcome[user]!;
  if (outcome === 0 || postgres.grant[user] !== GRANT.pending) return;
  offer(
    CHANCE,
    () => `a webhook says that user ${user} is ${outcome === GRANT.success ? 'paid' : 'rejected'}`,
    () => {
      postgres.grant[user] = outcome;
    },
  );
}

/**
 * Keys are not remembered for ever. Seonchak stops sending before the key is forgotten, by a margin longer than any
 * request takes. After that it only looks up, and then asks an operator, who sees what moved.
 */
function forget({ provider, postgres, workers }: World, user: number, offer: Offer): void {
  const { memory, onTheirWay, moved } = provider;
  const isBusy = workers.some(({ paying }) => paying.user === user) || onTheirWay[user]! > 0;
  const isKnown = postgres.attempted[user]! > 0 || provider.outcome[user]! > 0;
  if (memory[user] === 0 && isKnown && !isBusy) {
    offer(
      CHANCE,
      () => `the payout of user ${user} may not be sent again any more`,
      () => {
        memory[user] = 1;
      },
    );
  }
  if (memory[user] === 1) {
    offer(
      CHANCE,
      () => `the provider forgets the key of user ${user}`,
      () => {
        memory[user] = 2;
      },
    );
  }
  if (memory[user]! > 0 && postgres.grant[user] === GRANT.pending) {
    offer(
      PROGRESS,
      () => `an operator reads the provider’s statement, and decides on user ${user}`,
      () => {
        postgres.grant[user] = moved[user]! > 0 ? GRANT.success : GRANT.failed;
      },
    );
  }
}
