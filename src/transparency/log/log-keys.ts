import { Injectable } from '@nestjs/common';
import { asConfigured } from '../../platform/config/as-configured.js';
import { ConfigurationError } from '../../platform/config/configuration-error.js';
import { Environment } from '../../platform/config/environment.js';
import {
  formatVerifierKey,
  parseSignerKey,
  parseVerifierKey,
  type SignerKey,
  type VerifierKey,
} from '../formats/note-key.js';

/** Somebody who cosigns checkpoints. */
export interface Witness {
  readonly key: VerifierKey;
  readonly url: string;
}

/** The keys of the log, and who watches it. Without a key there is no log. */
@Injectable()
export class LogKeys {
  /** Signs checkpoints; null where the log is not written. */
  readonly signer: SignerKey | null;
  /** Null when there is no log. */
  readonly verifier: VerifierKey | null;
  /** The text of the key that verifies promises; null where the log is not written. */
  readonly receiptVerifier: string | null;
  readonly witnesses: readonly Witness[];
  /** How many of the witnesses a checkpoint needs. */
  readonly quorum: number;

  /** @throws ConfigurationError that names the variable whose key is none, or is not that of its private key */
  constructor(environment: Environment) {
    const { TRANSPARENCY_WITNESSES, TRANSPARENCY_QUORUM, TRANSPARENCY_RECEIPT_VERIFIER } = environment;
    this.signer = parsed(environment, 'TRANSPARENCY_KEY', parseSignerKey);
    this.verifier = parsed(environment, 'TRANSPARENCY_VERIFIER', parseVerifierKey) ?? this.signer;
    checkPair('TRANSPARENCY_KEY', this.signer, 'TRANSPARENCY_VERIFIER', this.verifier);
    const receiptSigner = parsed(environment, 'TRANSPARENCY_RECEIPT_KEY', parseSignerKey);
    const receiptVerifier = parsed(environment, 'TRANSPARENCY_RECEIPT_VERIFIER', parseVerifierKey);
    checkPair('TRANSPARENCY_RECEIPT_KEY', receiptSigner, 'TRANSPARENCY_RECEIPT_VERIFIER', receiptVerifier);
    this.receiptVerifier = TRANSPARENCY_RECEIPT_VERIFIER ?? null;
    this.quorum = TRANSPARENCY_QUORUM;
    this.witnesses = (TRANSPARENCY_WITNESSES ?? '')
      .split(',')
      .filter((text) => text.trim() !== '')
      .map((text) => {
        const [key = '', url = ''] = text.trim().split(/ +/);
        return { key: asConfigured('TRANSPARENCY_WITNESSES', key, parseVerifierKey), url };
      });
  }

  /** The verifier key as it is published; null when there is no log. */
  get published(): string | null {
    return this.verifier && formatVerifierKey(this.verifier);
  }

  /** A C2SP tlog-policy: this log, its witnesses, and how many of them count; null when there is no log. */
  get policy(): string | null {
    if (this.published === null) return null;
    const names = this.witnesses.map((_, place) => `w${place + 1}`);
    const witnesses = this.witnesses.map(
      ({ key, url }, place) => `witness ${names[place]} ${formatVerifierKey(key)} ${url}`,
    );
    const quorum =
      this.quorum === 0
        ? ['quorum none']
        : [`group enough ${this.quorum} ${names.join(' ')}`, 'quorum enough'];
    return [`log ${this.published}`, ...witnesses, ...quorum, ''].join('\n');
  }
}

type KeyVariable = `TRANSPARENCY_${'KEY' | 'VERIFIER' | 'RECEIPT_KEY' | 'RECEIPT_VERIFIER'}`;

/** Otherwise an instance would publish a key by which nobody can check what it signs, and nothing would look wrong. */
function checkPair(
  signerName: KeyVariable,
  signer: SignerKey | null,
  verifierName: KeyVariable,
  verifier: VerifierKey | null,
): void {
  if (signer && verifier && formatVerifierKey(signer) !== formatVerifierKey(verifier))
    throw new ConfigurationError(`${verifierName} is not the verifier key of ${signerName}`);
}

function parsed<Key>(environment: Environment, name: KeyVariable, parse: (text: string) => Key): Key | null {
  const text = environment[name];
  return text === undefined ? null : asConfigured(name, text, parse);
}
