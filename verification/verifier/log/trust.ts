import {
  formatVerifierKey,
  parseVerifierKey,
  PLAIN,
  type VerifierKey,
} from '../../../src/transparency/formats/note-key.js';
import { parsePolicy, type Policy } from '../../../src/transparency/formats/policy.js';
import { UnusableInput, usable } from '../unusable-input.js';

/** By which key and which witnesses a log is judged, and whether the reader brought them or the log itself did. */
export interface Trust {
  readonly key: VerifierKey;
  readonly isOwnKey: boolean;
  readonly policy: Policy | null;
  readonly isOwnPolicy: boolean;
}

/** Texts of a key and a policy; null where there is none. */
export interface TrustTexts {
  readonly key: string | null;
  readonly policy: string | null;
}

/**
 * What the reader brought counts; what the log says of itself only where nothing was brought. A policy names the logs
 * it is about, if it names any: the key must be one of theirs.
 * @throws UnusableInput
 */
export function chooseTrust(brought: TrustTexts, told: TrustTexts): Trust {
  const policyText = brought.policy ?? told.policy;
  const policy = policyText === null ? null : usable(() => parsePolicy(policyText));
  const keyText = brought.key ?? told.key;
  if (keyText === null) throw new UnusableInput('There is no key of the log: give one.');
  const key = usable(() => parseVerifierKey(keyText.trim()));
  if (key.type !== PLAIN) throw new UnusableInput('The key is that of a witness, not of a log.');
  const isOwnPolicy = brought.policy === null;
  const logs = policy?.logs ?? [];
  // What the log says of its witnesses is about the key that it says itself, whichever the reader brought.
  const about = isOwnPolicy && told.key !== null ? told.key.trim() : formatVerifierKey(key);
  const isNamed = logs.some(({ key: named }) => formatVerifierKey(named) === about);
  if (logs.length > 0 && !isNamed)
    throw new UnusableInput(
      `The policy is about other logs: none of its log lines names ${key.name} by this key.`,
    );
  return { key, isOwnKey: brought.key === null && (isOwnPolicy || !isNamed), policy, isOwnPolicy };
}
