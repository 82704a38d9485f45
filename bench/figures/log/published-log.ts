import { writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { StackError } from '../../../tools/stack/stack-error.js';

const pauseMs = 50;
const patienceMs = 300_000;

/** The log as anybody sees it. */
export class PublishedLog {
  /** @param origin of the service */
  constructor(private readonly origin: string) {}

  /** Leaves under the last checkpoint; 0 before the first. */
  async size(): Promise<number> {
    const answer = await fetch(`${this.origin}/v1/transparency/checkpoint`);
    const [, size] = (await answer.text()).split('\n');
    return answer.status === 200 ? Number(size) : 0;
  }

  /** Waits until so many leaves are published. */
  async untilSize(size: number): Promise<void> {
    await until(async () => (await this.size()) >= size, `${size} leaves were not published`);
  }

  /** Waits until the log knows a campaign. */
  async untilKnown(campaignId: string): Promise<void> {
    const isKnown = async (): Promise<boolean> => {
      const answer = await this.proof(campaignId);
      await answer.body?.cancel();
      return answer.status === 200;
    };
    await until(isKnown, `nothing of ${campaignId} was published`);
  }

  /** Saves the proof of a campaign. */
  async saveProof(campaignId: string, path: string): Promise<void> {
    const answer = await this.proof(campaignId);
    if (answer.status !== 200 || !answer.body)
      throw new StackError(`The proof of ${campaignId} was answered ${answer.status}.`);
    await writeFile(path, answer.body);
  }

  private proof(campaignId: string): Promise<Response> {
    return fetch(`${this.origin}/v1/campaigns/${campaignId}/proof`);
  }
}

async function until(isSo: () => Promise<boolean>, complaint: string): Promise<void> {
  const giveUpAt = performance.now() + patienceMs;
  while (!(await isSo())) {
    if (performance.now() > giveUpAt) throw new StackError(`Within ${patienceMs / 1_000} s ${complaint}.`);
    await sleep(pauseMs);
  }
}
