import { secretsIn } from '../../platform/config/secret-list.js';

/** The secrets of PAYOUT_HTTP_SECRET. While they are exchanged, the provider accepts one or another of them. */
export class ProviderSecrets {
  private readonly secrets: readonly string[];
  /** The one that was accepted last; initially the first. */
  private inUse: string;

  /** @param list see `secretsIn` */
  constructor(list: string) {
    const secrets = secretsIn(list);
    [this.secrets, this.inUse] = [secrets, secrets[0]];
  }

  /**
   * Calls with the secret that was accepted last and, if that is answered 401, with the others. 401 says that nothing
   * was looked at (R23), so asking again at once is as good as asking for the first time.
   * @param statusOf the status of an answer, null if there was none
   * @param endsAt the deadline for the answer, on `performance`'s clock; no other secret is tried after it
   */
  async call<Answer>(
    callWith: (secret: string) => Promise<Answer>,
    statusOf: (answer: Answer) => number | null,
    endsAt: number,
  ): Promise<Answer> {
    const wasInUse = this.inUse;
    let answer = await callWith(wasInUse);
    for (const secret of this.secrets.filter((other) => other !== wasInUse)) {
      if (statusOf(answer) !== UNAUTHORIZED || performance.now() >= endsAt) return answer;
      answer = await callWith(secret);
      const status = statusOf(answer);
      if (status !== null && status !== UNAUTHORIZED) this.inUse = secret;
    }
    return answer;
  }
}

const UNAUTHORIZED = 401;
