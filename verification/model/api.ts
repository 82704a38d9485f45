import * as gate from './gate.js';
import { condemn, doubt } from './rebuild.js';
import { ring } from './doorbell.js';
import { type Offer, PROGRESS } from './step.js';
import * as postgres from './postgres.js';
import { type Api, CLAIM, CLIENT, ENTRY, STATE, type World } from './world.js';

/** The steps of a request. */
export const FROM_GATE = 1;
const READ_ROW = 2;
const RECORD = 3;
const CHECK_SOLD_OUT = 4;
export const ANSWER = 5;
export const FROM_POSTGRES = 6;

/**
 * src/grants/: the gate decides, Postgres commits, and only then the user is told. Every failure is a 503: ask again.
 */
export function api(world: World, offer: Offer): void {
  for (const instance of world.apis) {
    const { request } = instance;
    const { user, arrivalNo, slot } = request;
    switch (request.step) {
      case FROM_GATE:
        askGate(world, instance, offer);
        break;
      case FROM_POSTGRES:
        answerFromPostgres(world, instance, offer);
        break;
      case READ_ROW:
        offer(
          PROGRESS,
          () => `the api reads the row of user ${user}`,
          () => readRow(world, instance),
        );
        break;
      case RECORD:
        offer(
          PROGRESS,
          () =>
            `the api writes the place of user ${user} to Postgres${request.step === ANSWER ? '' : ', which is refused'}`,
          () => record(world, instance),
        );
        break;
      case CHECK_SOLD_OUT:
        checkSoldOut(world, instance, offer);
        break;
      case ANSWER:
        offer(
          PROGRESS,
          () => `user ${user} is told: arrival ${arrivalNo}, ${slot > 0 ? `slot ${slot}` : 'in the line'}`,
          () => answerPlace(world, instance, arrivalNo, slot),
        );
        break;
      default:
    }
  }
}

/** claim-batch.ts: runs the script. */
function askGate(world: World, instance: Api, offer: Offer): void {
  const { request } = instance;
  const { user } = request;
  let answer = 0;
  const names = ['', 'NEW', 'KNOWN', 'FULL', 'CLOSED', 'STALE', 'PAUSED'];
  offer(
    PROGRESS,
    () => {
      const claim = `, arrival ${world.gate.arrivalNo[user]}, slot ${world.gate.slot[user]}`;
      return `the gate decides on user ${user}: ${names[answer] ?? 'DAMAGED'}${answer === gate.NEW || answer === gate.KNOWN ? claim : ''}`;
    },
    () => {
      answer = gate.claim(world, user, request.epoch);
      if (answer === gate.STALE) {
        doubt(instance);
        end(instance);
      } else if (answer === gate.DAMAGED) {
        condemn(instance, request.epoch);
        end(instance);
      } else if (answer === gate.PAUSED && !world.does('a pause is an end')) end(instance);
      else if (answer === gate.CLOSED || answer === gate.PAUSED) refuse(world, instance, CLIENT.closed);
      else if (answer === gate.FULL) {
        request.lastArrivalNo = world.gate.facts.arrivalNo;
        request.rebuiltUpTo = world.gate.facts.rebuiltUpTo;
        request.ahead = gate.known(world.gate);
        request.step = world.obeys('R12') ? READ_ROW : CHECK_SOLD_OUT;
      } else {
        request.arrivalNo = world.gate.arrivalNo[user]!;
        request.slot = world.gate.slot[user]!;
        request.isKnown = answer === gate.KNOWN ? world.gate.claim[user]! : 0;
        request.step = answer === gate.KNOWN ? READ_ROW : RECORD;
        if (world.does('answers before COMMIT')) request.step = ANSWER;
      }
    },
  );
}

/** R29: a finished campaign has no gate. */
function answerFromPostgres(world: World, instance: Api, offer: Offer): void {
  const { user } = instance.request;
  const { arrivalNo, slot, grant, campaign } = world.postgres;
  offer(
    PROGRESS,
    () => `the api answers user ${user} from Postgres: the campaign is finished`,
    () => {
      if (postgres.hasRow(world, user) && world.obeys('R29'))
        answerPlace(world, instance, arrivalNo[user]!, grant[user] ? slot[user]! : 0);
      else refuse(world, instance, campaign.state === STATE.closed ? CLIENT.closed : CLIENT.soldOut);
    },
  );
}

/** What Postgres holds of the asker goes before what the gate says. */
function readRow(world: World, instance: Api): void {
  const { request } = instance;
  const { user, isKnown } = request;
  const { arrivalNo, slot, grant, entry } = world.postgres;
  if (!postgres.hasRow(world, user)) {
    if (isKnown === 0) request.step = CHECK_SOLD_OUT;
    else if (isKnown === CLAIM.processing || isKnown === CLAIM.waiting) {
      request.step = RECORD;
      request.isKnown = 0;
    } else {
      // R3: a claim that has ended has a row, so this gate does not match this campaign.
      condemn(instance, request.epoch);
      end(instance);
    }
    return;
  }
  const promotedSince = !grant[user] && entry[user] === ENTRY.waiting && isKnown === CLAIM.processing;
  if (promotedSince) {
    request.step = RECORD;
    request.isKnown = 0;
    return;
  }
  const isForgotten = isKnown === 0 && arrivalNo[user]! <= request.lastArrivalNo;
  if (isForgotten || (isKnown !== 0 && request.arrivalNo !== arrivalNo[user]))
    condemn(instance, request.epoch);
  answerPlace(world, instance, arrivalNo[user]!, grant[user] ? slot[user]! : 0);
}

/** claim-recorder.ts. */
function record(world: World, instance: Api): void {
  const { request } = instance;
  const { user, epoch, slot, arrivalNo } = request;
  const written = postgres.record(world, epoch, user, slot, arrivalNo);
  if (written === postgres.DURABLE) {
    request.slot = world.postgres.grant[user] ? world.postgres.slot[user]! : 0;
    request.epoch = 0;
    request.step = ANSWER;
    return;
  }
  if (written === postgres.FENCED) doubt(instance);
  else condemn(instance, epoch);
  end(instance);
}

/** sold-out-check.ts. Waits while a place ahead is not durable. */
function checkSoldOut(world: World, instance: Api, offer: Offer): void {
  const { request, confirmed } = instance;
  const { epoch, lastArrivalNo, rebuiltUpTo, user } = request;
  const told = (): string => `user ${user} is told: sold out`;
  const tell = (): void => refuse(world, instance, CLIENT.soldOut);
  const isConfirmed = world.does('sold out is remembered for ever')
    ? confirmed.epoch !== 0
    : confirmed.epoch === epoch && confirmed.arrivalNo === lastArrivalNo;
  // R12: a remembered check is valid only for this epoch and arrival number.
  if (!world.obeys('R12') || isConfirmed) offer(PROGRESS, told, tell);
  else if (world.postgres.campaign.epoch !== epoch) {
    offer(
      PROGRESS,
      () => `the api finds a newer epoch, so the “full” of user ${user} is void`,
      () => {
        doubt(instance);
        end(instance);
      },
    );
  } else if (postgres.durablePlaces(world, rebuiltUpTo, lastArrivalNo) === lastArrivalNo - rebuiltUpTo) {
    offer(PROGRESS, told, () => {
      confirmed.epoch = epoch;
      confirmed.arrivalNo = lastArrivalNo;
      tell();
    });
  }
}

function answerPlace(world: World, instance: Api, arrivalNo: number, slot: number): void {
  const { user, isOrphan } = instance.request;
  end(instance);
  if (slot > 0) ring(world);
  if (isOrphan) return;
  postgres.tellPlace(world, user, arrivalNo, slot);
}

/** Tells the user that there is no place. */
function refuse(world: World, instance: Api, answer: number): void {
  const { user, isOrphan, ahead } = instance.request;
  const { clients } = world;
  end(instance);
  if (isOrphan) return;
  if (clients.told[user] === CLIENT.asksAgain) world.broken = `P4: user ${user} had a place, and is refused`;
  if (answer === CLIENT.closed && world.postgres.campaign.state !== STATE.closed)
    world.broken = `P5: user ${user} is told that the campaign is over, but it is not`;
  const { copied, marks } = world.postgres;
  // R16, R18: a set-back database is noticed some time later. R29: after the end, everybody is told that the slots are
  // gone.
  if (answer === CLIENT.soldOut && !copied.unnoticed && !marks.finished) {
    for (let other = 1; other <= world.shape.users; other++) {
      if (ahead & (1 << other) && !postgres.hasRow(world, other)) {
        world.broken = `P5: user ${user} is told “sold out”, but the place of user ${other}, who is ahead, is not durable`;
      }
    }
    const places = world.postgres.arrivalNo.filter((arrivalNo) => arrivalNo > 0).length;
    if (places < world.shape.capacity + world.shape.waiting) {
      world.broken = `P5: user ${user} is told “sold out” although only ${places} places were ever given out`;
    }
  }
  clients.told[user] = answer;
}

/** Ends the request. Without an answer, the client gets a 503 or nothing. */
export function end(instance: Api): void {
  instance.request.clear();
}
