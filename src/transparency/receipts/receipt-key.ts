import { createPrivateKey, type KeyObject, sign } from 'node:crypto';
import { utf8 } from '../formats/bytes.js';
import { formatVerifierKey, parseSignerKey, PLAIN, type SignerKey } from '../formats/note-key.js';
import type { NoteSignature } from '../formats/signed-note.js';

/** The name of a receipt key is `<origin>/receipts`. */
const SUFFIX = '/receipts';

/** The key that signs promises. It is another than the log's: the api role holds it. */
export class ReceiptKey {
  /** Of the log. */
  readonly origin: string;
  private readonly key: SignerKey;
  private readonly secret: KeyObject;

  /** @throws MalformedFormat, or RangeError for a name that is not `<origin>/receipts`; neither quotes the text */
  constructor(text: string) {
    this.key = parseSignerKey(text);
    if (this.key.type !== PLAIN || !this.key.name.endsWith(SUFFIX) || this.key.name.length === SUFFIX.length)
      throw new RangeError(`The name of a receipt key is the origin of the log, followed by ${SUFFIX}.`);
    this.origin = this.key.name.slice(0, -SUFFIX.length);
    const [d, x] = [this.key.seed, this.key.publicKey].map((part) => Buffer.from(part).toString('base64url'));
    this.secret = createPrivateKey({ key: { kty: 'OKP', crv: 'Ed25519', d, x }, format: 'jwk' });
  }

  /** The text of the key that verifies what this one signs. */
  get verifier(): string {
    return formatVerifierKey(this.key);
  }

  /** Signs the text of a note, in a thread of its own. */
  sign(text: string): Promise<NoteSignature> {
    return new Promise((resolve, reject) => {
      sign(null, utf8(text), this.secret, (error, signature) => {
        if (error) reject(error);
        else resolve({ name: this.key.name, id: this.key.id, signature: new Uint8Array(signature) });
      });
    });
  }
}
