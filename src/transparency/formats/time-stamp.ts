import { Integer, OctetString } from 'asn1js';
import {
  AlgorithmIdentifier,
  ContentInfo,
  MessageImprint,
  PKIStatus,
  SignedData,
  TimeStampReq,
  TimeStampResp,
  TSTInfo,
} from 'pkijs';
import { MalformedFormat } from './malformed-format.js';

const FORMAT = 'time stamp';
const SHA_256 = '2.16.840.1.101.3.4.2.1';
const SIGNED_DATA = '1.2.840.113549.1.7.2';
const TST_INFO = '1.2.840.113549.1.9.16.1.4';

/** RFC 3161: an authority says that bytes existed at some time. Nothing of it is verified. */
export interface TimeStamp {
  /** SHA-256 of what was stamped. */
  readonly hash: Uint8Array;
  /** By the authority's clock, ms since 1970. */
  readonly atMs: number;
  /** What the asker chose, without leading zeros; empty if nothing. */
  readonly nonce: Uint8Array;
  /** What carries the signature and the certificates. */
  readonly signed: SignedData;
}

/**
 * A TimeStampReq in DER, which asks for the authority's certificate, too.
 * @param hash SHA-256 of what is to be stamped
 * @param nonce of a few bytes; the first is neither 0 nor above 127
 */
export function formatTimeStampRequest(hash: Uint8Array, nonce: Uint8Array): Uint8Array {
  const messageImprint = new MessageImprint({
    hashAlgorithm: new AlgorithmIdentifier({ algorithmId: SHA_256 }),
    hashedMessage: new OctetString({ valueHex: bufferOf(hash) }),
  });
  const request = new TimeStampReq({
    ...{ version: 1, messageImprint, certReq: true },
    nonce: new Integer({ valueHex: bufferOf(nonce) }),
  });
  return new Uint8Array(request.toSchema().toBER());
}

/** The token in a TimeStampResp, in DER. @throws MalformedFormat when it is none, or the authority refuses */
export function readTimeStampResponse(response: Uint8Array): Uint8Array {
  const { status, timeStampToken } = read('answer', () => TimeStampResp.fromBER(bufferOf(response)));
  if (status.status !== PKIStatus.granted && status.status !== PKIStatus.grantedWithMods)
    throw new MalformedFormat(FORMAT, `was refused with status ${status.status}`);
  if (!timeStampToken) throw new MalformedFormat(FORMAT, 'is not in the answer');
  return new Uint8Array(timeStampToken.toSchema().toBER());
}

/** Reads a TimeStampToken in DER, of a SHA-256 hash and with one signer. @throws MalformedFormat */
export function parseTimeStamp(token: Uint8Array): TimeStamp {
  return read('token', () => {
    const info = ContentInfo.fromBER(bufferOf(token));
    if (info.contentType !== SIGNED_DATA) throw new MalformedFormat(FORMAT, 'is not signed');
    const signed = new SignedData({ schema: info.content as unknown });
    const { eContentType, eContent } = signed.encapContentInfo;
    if (eContentType !== TST_INFO || !eContent) throw new MalformedFormat(FORMAT, 'says no time');
    if (signed.signerInfos.length !== 1) throw new MalformedFormat(FORMAT, 'has not one signer');
    const { messageImprint, genTime, nonce } = TSTInfo.fromBER(eContent.getValue());
    if (messageImprint.hashAlgorithm.algorithmId !== SHA_256)
      throw new MalformedFormat(FORMAT, 'is of no SHA-256 hash');
    return {
      ...{ signed, atMs: genTime.getTime() },
      hash: new Uint8Array(messageImprint.hashedMessage.valueBlock.valueHexView),
      nonce: new Uint8Array(nonce?.valueBlock.valueHexView ?? []),
    };
  });
}

function read<T>(what: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (error instanceof MalformedFormat) throw error;
    throw new MalformedFormat(FORMAT, `is no ${what} of RFC 3161`);
  }
}

/** Its bytes alone: a Buffer is often a part of a larger one. */
function bufferOf(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}
