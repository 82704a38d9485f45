import { setImmediate as breath, setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'undici';
import { FloodRecord } from './flood-record.js';
import type { Flood, Flooded } from './generator-messages.js';
import type { TokenMint } from './token-mint.js';

const patienceMs = 10_000;
/** Maximum number of tokens signed before the clock starts: about 400 bytes each. */
const mostSigned = 300_000;
/** Requests sent in a row before answers are processed. */
const burst = 50;
const pauseMs = 1;
/**
 * Maximum number of connections being opened at once. More would overflow the listener's queue, and only that would be
 * measured.
 */
const mostOpening = 100;

/**
 * Sends a flood. Not with autocannon, which sends all requests of a second at its beginning, and none on a connection
 * that was given fewer.
 */
export async function pourOut(flood: Flood, mint: TokenMint): Promise<Flooded> {
  const { origin, path, firstUser, connections, rates, secondsEach } = flood;
  const plans = rates.map((rate) => Math.round(rate * secondsEach));
  const wanted = Math.min(
    mostSigned,
    plans.reduce((sum, plan) => sum + plan, 0),
  );
  for (let user = firstUser; user < firstUser + wanted; user++) mint.tokenOf(user);
  const idle: Client[] = [];
  const all: Client[] = [];
  const open = new Set<Client>();
  const records = plans.map((planned) => new FloodRecord(planned));
  const opening = new Set<Client>();
  let [underWay, nextUser] = [0, firstUser];

  const connect = (): Client => {
    const client = new Client(origin, { headersTimeout: patienceMs, bodyTimeout: patienceMs });
    client.on('connect', () => {
      open.add(client);
      opening.delete(client);
    });
    client.on('disconnect', () => open.delete(client));
    all.push(client);
    return client;
  };

  /** Sends one claim. Returns false if every connection waits for an answer, or too many are being opened. */
  const send = (record: FloodRecord): boolean => {
    const ready = idle.at(-1);
    if (!(ready && open.has(ready)) && opening.size >= mostOpening) return false;
    const mine = idle.pop() ?? (all.length < connections ? connect() : undefined);
    if (!mine) return false;
    const wasOpen = open.has(mine);
    if (!wasOpen) opening.add(mine);
    const headers = { authorization: `Bearer ${mint.tokenOf(nextUser++)}` };
    const sentAt = performance.now();
    let answer: { status: number; retryAfter: string | string[] | undefined } | undefined;
    const over = (): void => {
      underWay--;
      opening.delete(mine);
      idle.push(mine);
    };
    underWay++;
    record.sent++;
    mine.dispatch(
      { method: 'POST', path, headers },
      {
        onRequestStart: () => undefined, // without it undici treats the handler as the old kind
        onResponseStart: (_, status, { 'retry-after': retryAfter }) => (answer = { status, retryAfter }),
        onResponseEnd: () => {
          const ms = wasOpen ? performance.now() - sentAt : undefined;
          if (answer) record.answered(answer.status, answer.retryAfter, ms);
          over();
        },
        onResponseError: (_, error) => {
          record.unanswered(error.message);
          over();
        },
      },
    );
    return true;
  };

  const usedAtStart = process.cpuUsage();
  const startedAt = performance.now();
  for (const [index, record] of records.entries()) {
    const rate = rates[index] ?? 0;
    const beginsAt = startedAt + index * secondsEach * 1_000;
    const endsAt = beginsAt + secondsEach * 1_000;
    // Requests that could not be sent in time are not sent later: they count as not offered.
    let due = 0;
    for (let now = performance.now(); now < endsAt; now = performance.now()) {
      const dueNow = Math.floor(((now - beginsAt) / 1_000) * rate);
      let couldSend = true;
      for (let count = 0; due < dueNow && count < burst && couldSend; count++, due++)
        couldSend = send(record);
      if (!couldSend) due = dueNow;
      await (due < dueNow ? breath() : sleep(pauseMs));
    }
  }
  const { user, system } = process.cpuUsage(usedAtStart);
  const coreShare = (user + system) / 1_000 / (performance.now() - startedAt);
  while (underWay > 0) await sleep(pauseMs);
  await Promise.all(all.map((client) => client.destroy()));
  return {
    startedAt: performance.timeOrigin + startedAt,
    steps: records.map(({ step }) => step),
    coreShare,
  };
}
