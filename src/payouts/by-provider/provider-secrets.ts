import { secretsIn } from '../../platform/config/secret-list.js';

/** The secrets of PAYOUT_HTTP_SECRET, of which the provider takes one or another while they are exchanged. */
export class ProviderSecrets {
  private readonly secrets: readonly string[];
  /** The one that was taken last; the first of all to begin with. */
  private inUse: string;

  /** @param list see `secretsIn` */
  constructor(list: string) {
    const secrets = secretsIn(list);
    [this.secrets, this.inUse] = [secrets, secrets[0]];
  }

  /**
   * Calls with the secret that was taken last; where that is answered 401, with the others. That says that nothing was looked at
   * (R23), so to ask again at once is as good as to ask for the first time.
   * @param statusOf the status of an answer, null where there was none
   * @param endsAt when there must be an answer, on `performance`'s clock; no other secret is tried after it
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
