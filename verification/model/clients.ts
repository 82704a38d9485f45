import { FROM_GATE, FROM_POSTGRES } from './api.js';
import { CHANCE, type Offer, PROGRESS } from './step.js';
import { CLIENT, type World } from './world.js';

/** Users ask, and ask again until they have an answer or give up. */
export function clients(world: World, offer: Offer): void {
  const { told } = world.clients;
  for (let user = 1; user <= world.shape.users; user++) {
    const state = told[user]!;
    const mayAsk = state !== CLIENT.gone && state !== CLIENT.left && !isUnderWay(world, user);
    // Users are interchangeable, so letting them arrive in the order of their numbers loses nothing.
    if (mayAsk && (state !== CLIENT.never || user === 1 || told[user - 1] !== CLIENT.never))
      ask(world, offer, user);
    if (world.left.givesUp > 0 && (state === CLIENT.asks || state === CLIENT.asksAgain)) {
      offer(
        CHANCE,
        () => `user ${user} gives up, and never asks again`,
        () => {
          world.left.givesUp--;
          told[user] = CLIENT.gone;
          for (const { request } of world.apis) if (request.user === user) request.isOrphan = 1;
        },
      );
    }
  }
}

function ask(world: World, offer: Offer, user: number): void {
  const { told, answeredBefore } = world.clients;
  const state = told[user]!;
  const isPending = state === CLIENT.asks || state === CLIENT.asksAgain;
  if (!isPending && state !== CLIENT.never && !world.shape.asksAgain) return;
  for (const { memory, request } of world.apis) {
    // A request to an instance without a gate would only wait until it has one.
    const { finished } = world.postgres.marks;
    if (request.step !== 0 || (memory.trusted === 0 && !finished)) continue;
    offer(
      isPending ? PROGRESS : CHANCE,
      () =>
        `user ${user} asks${state === CLIENT.never ? '' : ' again'}; the api has a gate of epoch ${request.epoch}`,
      () => {
        if (state === CLIENT.never) {
          told.forEach((other, answered) => {
            if (other === CLIENT.hasPlace || other === CLIENT.asksAgain)
              answeredBefore[user]! |= 1 << answered;
          });
        }
        told[user] = state === CLIENT.hasPlace || state === CLIENT.asksAgain ? CLIENT.asksAgain : CLIENT.asks;
        request.step = memory.trusted === 0 ? FROM_POSTGRES : FROM_GATE;
        request.user = user;
        request.epoch = memory.trusted;
      },
    );
  }
}

function isUnderWay({ apis }: World, user: number): boolean {
  return apis.some(({ request }) => request.step !== 0 && request.user === user && request.isOrphan === 0);
}
