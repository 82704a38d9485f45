import { type Offer, PROGRESS } from './step.js';
import type { Worker, World } from './world.js';

/** src/doorbell/: a ring names the campaign and waits at most once. It is lost if its sender dies before sending it. */
export function ring({ shape, doorbell }: World): void {
  if (!shape.rings || doorbell.key) return;
  doorbell.key = 1;
  doorbell.isWaiting = 1;
}

/** A worker takes a ring. */
export function answerRing(world: World, worker: Worker, offer: Offer): void {
  const { doorbell } = world;
  if (!doorbell.isWaiting || worker.rung.isRung) return;
  offer(
    PROGRESS,
    () => 'a worker answers a ring',
    () => {
      doorbell.isWaiting = 0;
      worker.rung.isRung = 1;
      // R21: before it reads what is due, so that later work can ring again.
      if (world.obeys('R21')) doorbell.key = 0;
    },
  );
}

/** Ends the ring: nothing is due any more. */
export function endRing(world: World, worker: Worker, offer: Offer): void {
  offer(
    PROGRESS,
    () => 'a worker has completed all that was due',
    () => {
      worker.rung.isRung = 0;
      if (!world.obeys('R21')) world.doorbell.key = 0;
    },
  );
}
