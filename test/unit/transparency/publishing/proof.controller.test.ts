import type { Response } from 'express';
import { Writable } from 'node:stream';
import type { CampaignProof } from '../../../../src/transparency/publishing/campaign-proof.js';
import type { CommittedList } from '../../../../src/transparency/publishing/committed-list.js';
import { ProofController } from '../../../../src/transparency/publishing/proof.controller.js';
import type { PublishedLog } from '../../../../src/transparency/publishing/published-log.js';

/** The answer to a client that takes nothing. */
function unread(): Response {
  const answer = new Writable({ highWaterMark: 1, write: () => undefined });
  return Object.assign(answer, { set: () => answer }) as unknown as Response;
}

async function* endless(): AsyncGenerator<string> {
  for (;;) yield await Promise.resolve('a line\n');
}

const published = {
  checkpoint: () => Promise.resolve({ note: '', size: 1 }),
} as unknown as PublishedLog;
const proof = {
  range: () => Promise.resolve({ from: 0, to: 1 }),
  text: endless,
} as unknown as CampaignProof;

const list = {} as CommittedList; // not asked for

afterEach(() => jest.restoreAllMocks());

it('gives the place of a reader that takes no end to the next one', async () => {
  const late = new AbortController();
  const limited = jest.spyOn(AbortSignal, 'timeout').mockReturnValue(late.signal);
  const controller = new ProofController(published, proof, list);
  const answers = [unread(), unread()];
  const reading = answers.map((answer) => controller.read('spring-drop', answer));
  await expect(controller.read('spring-drop', unread())).rejects.toMatchObject({ status: 503 });
  await new Promise(setImmediate);
  expect(limited.mock.calls.map(([ms]) => ms >= 60_000 && ms <= 3_600_000)).toEqual([true, true]);
  late.abort();
  await Promise.all(reading); // neither is an error of ours
  expect(answers.map(({ destroyed }) => destroyed)).toEqual([true, true]);
  limited.mockReturnValue(AbortSignal.abort());
  await controller.read('spring-drop', unread());
});
