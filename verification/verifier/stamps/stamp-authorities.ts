import { Certificate, CertificateChainValidationEngine, ExtKeyUsage } from 'pkijs';
import { fromBase64 } from '../../../src/transparency/formats/bytes.js';
import { MalformedFormat } from '../../../src/transparency/formats/malformed-format.js';
import { parseTimeStamp, type TimeStamp } from '../../../src/transparency/formats/time-stamp.js';
import { UnusableInput } from '../unusable-input.js';
import type { StampJudge, StampVerdict } from './stamp.js';

const PEM = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/g;
const COMMON_NAME = '2.5.4.3';
const EXTENDED_KEY_USAGE = '2.5.29.37';
const TIME_STAMPING = '1.3.6.1.5.5.7.3.8';

/** The certificates by which a reader trusts time stamps. Offline: nobody is asked whether one was revoked. */
export class StampAuthorities implements StampJudge {
  private constructor(private readonly trusted: Certificate[]) {}

  /** @param pem certificates, of which each is trusted by itself. @throws UnusableInput when there is none */
  static parse(pem: string): StampAuthorities {
    const trusted = [...pem.matchAll(PEM)].map(([, base64 = '']) => readCertificate(base64));
    if (trusted.length === 0)
      throw new UnusableInput('There is no certificate in PEM among the authorities.');
    return new StampAuthorities(trusted);
  }

  async judge(token: Uint8Array, text: Uint8Array): Promise<StampVerdict> {
    const stamp = read(token);
    if (!stamp) return 'wrong';
    const signer = await signerOf(stamp, text);
    if (!signer) return 'wrong';
    if (!(await this.isTrusted(signer, stamp))) return 'unknown';
    return { atMs: stamp.atMs, authority: nameOf(signer) };
  }

  /** Whether a chain led from it to a trusted one at the time of the stamp, and it may stamp at all. */
  private async isTrusted(signer: Certificate, { signed, atMs }: TimeStamp): Promise<boolean> {
    if (!mayStamp(signer)) return false;
    const given = (signed.certificates ?? []).filter((certificate) => certificate instanceof Certificate);
    const engine = new CertificateChainValidationEngine({
      ...{ trustedCerts: this.trusted, checkDate: new Date(atMs) },
      // The one that is validated comes last.
      certs: [...given.filter((certificate) => certificate !== signer), signer],
    });
    const { result } = await engine.verify({ passedWhenNotRevValues: true }).catch(() => ({ result: false }));
    return result;
  }
}

function read(token: Uint8Array): TimeStamp | null {
  try {
    return parseTimeStamp(token);
  } catch (error) {
    if (error instanceof MalformedFormat) return null;
    throw error;
  }
}

/** The certificate of whoever signed a stamp of this text; null if nobody did. */
async function signerOf({ signed }: TimeStamp, text: Uint8Array): Promise<Certificate | null> {
  try {
    const { signatureVerified, signerCertificate } = await signed.verify({
      ...{ signer: 0, data: new Uint8Array(text).buffer, extendedMode: true },
    });
    return signatureVerified === true ? (signerCertificate ?? null) : null;
  } catch {
    return null; // pkijs tells by errors that the text, its hash or the signature is another one
  }
}

function mayStamp({ extensions }: Certificate): boolean {
  const usage: unknown = extensions?.find(({ extnID }) => extnID === EXTENDED_KEY_USAGE)?.parsedValue;
  return usage instanceof ExtKeyUsage && usage.keyPurposes.includes(TIME_STAMPING);
}

function nameOf({ subject }: Certificate): string {
  const name = subject.typesAndValues.find(({ type }) => type === COMMON_NAME);
  return name ? name.value.valueBlock.value : 'an authority without a name';
}

function readCertificate(base64: string): Certificate {
  try {
    return Certificate.fromBER(new Uint8Array(fromBase64(base64.replace(/\s/g, ''), 'certificate')));
  } catch {
    throw new UnusableInput('One of the certificates of authorities is none.');
  }
}
