import { randomBytes } from 'node:crypto';
import { formatCheckpoint, parseCheckpoint } from '../../../../src/transparency/formats/checkpoint.js';
import { MalformedFormat } from '../../../../src/transparency/formats/malformed-format.js';
import {
  COSIGNATURE,
  formatSignerKey,
  formatVerifierKey,
  makeSignerKey,
  parseSignerKey,
  parseVerifierKey,
} from '../../../../src/transparency/formats/note-key.js';
import {
  cosign,
  formatNote,
  parseNote,
  signNote,
  verifyNote,
} from '../../../../src/transparency/formats/signed-note.js';
import { formatTlogProof, parseTlogProof } from '../../../../src/transparency/formats/tlog-proof.js';

// The example of Go's package golang.org/x/mod/sumdb/note, which C2SP signed-note describes.
const GO_SIGNER = 'PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz';
const GO_VERIFIER = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
const GO_NOTE =
  'If you think cryptography is the answer to your problem,\n' +
  "then you don't know what your problem is.\n" +
  '\n' +
  '— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n';

// The example of C2SP signed-note.
const C2SP_VERIFIER = 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k';
const C2SP_NOTE =
  'This is an example message.\n\n' +
  '— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n';

describe('a signed note', () => {
  it('of C2SP’s specification is verified', () => {
    const key = parseVerifierKey(C2SP_VERIFIER);
    expect(formatVerifierKey(key)).toBe(C2SP_VERIFIER);
    expect(verifyNote(parseNote(C2SP_NOTE), [key])).toEqual([{ key, atSeconds: null }]);
    expect(formatNote(parseNote(C2SP_NOTE))).toBe(C2SP_NOTE);
  });

  it('of Go’s package is verified, and signed with the same bytes', () => {
    const note = parseNote(GO_NOTE);
    expect(verifyNote(note, [parseVerifierKey(GO_VERIFIER)])).toHaveLength(1);
    const signer = parseSignerKey(GO_SIGNER);
    expect(formatVerifierKey(signer)).toBe(GO_VERIFIER);
    expect(formatSignerKey(signer)).toBe(GO_SIGNER);
    expect(formatNote({ text: note.text, signatures: [signNote(note.text, signer)] })).toBe(GO_NOTE);
  });

  it('says nothing by unknown keys, and is refused when a known one did not sign it', () => {
    const stranger = makeSignerKey('PeterNeumann', randomBytes(32));
    expect(verifyNote(parseNote(GO_NOTE), [stranger])).toEqual([]);
    const changed = parseNote(GO_NOTE.replace('answer', 'Answer'));
    expect(() => verifyNote(changed, [parseVerifierKey(GO_VERIFIER)])).toThrow(MalformedFormat);
  });

  it.each([
    ['no signature', 'text\n'],
    ['an empty signature part', 'text\n\n'],
    ['another dash', 'text\n\n- a AAAAAAA=\n'],
    ['no newline at the end', GO_NOTE.slice(0, -1)],
    ['a control character', GO_NOTE.replace('your', 'y\tour')],
    ['base64 that is not canonical', GO_NOTE.replace('nAM=', 'nAN=')],
  ])('with %s is refused', (_, note) => {
    expect(() => parseNote(note)).toThrow(MalformedFormat);
  });

  it('keeps the time of a witness', () => {
    const text = formatCheckpoint({ origin: 'give.example', size: 3, root: randomBytes(32) });
    const witness = makeSignerKey('witness.example', randomBytes(32), COSIGNATURE);
    const note = parseNote(formatNote({ text, signatures: [cosign(text, 1_764_100_000, witness)] }));
    expect(verifyNote(note, [witness])).toEqual([{ key: witness, atSeconds: 1_764_100_000 }]);
    const [signature] = note.signatures;
    if (signature) signature.signature[7] = (signature.signature[7] ?? 0) ^ 1; // a second more or less
    expect(() => verifyNote(note, [witness])).toThrow(MalformedFormat);
  });
});

describe('a key', () => {
  it.each([
    ['an id that does not fit', GO_VERIFIER.replace('c74f20a3', 'c74f20a4')],
    ['another name', GO_VERIFIER.replace('Peter', 'Paul')],
    ['another type', 'PeterNeumann+c74f20a3+BBpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW'],
    ['too few bytes', 'a+00000000+AQ=='],
    ['no parts', 'nothing'],
  ])('with %s is refused', (_, text) => {
    expect(() => parseVerifierKey(text)).toThrow(MalformedFormat);
  });

  it.each(['', 'a b', 'a+b'])('named %j is refused', (name) => {
    expect(() => makeSignerKey(name, randomBytes(32))).toThrow(MalformedFormat);
  });
});

describe('a checkpoint', () => {
  it('is read as it was written', () => {
    const checkpoint = { origin: 'give.example/seonchak', size: 123, root: new Uint8Array(randomBytes(32)) };
    expect(parseCheckpoint(formatCheckpoint(checkpoint))).toEqual(checkpoint);
  });

  it.each(['a\n1\n', 'a\n01\nAAAA\n', '\n1\nAAAA\n', `a\n1\n${'A'.repeat(40)}\n`, 'a\n-1\nAAAA\n'])(
    '%j is refused',
    (text) => {
      expect(() => parseCheckpoint(text)).toThrow(MalformedFormat);
    },
  );
});

describe('a tlog-proof', () => {
  it('is read as it was written', () => {
    const proof = {
      extra: new Uint8Array(Buffer.from('{"leaf":"…"}')),
      index: 5,
      hashes: [new Uint8Array(randomBytes(32)), new Uint8Array(randomBytes(32))],
      checkpoint: GO_NOTE,
    };
    expect(parseTlogProof(formatTlogProof(proof))).toEqual(proof);
    expect(parseTlogProof(formatTlogProof({ ...proof, extra: null, hashes: [] }))).toMatchObject({
      extra: null,
    });
  });

  it.each([
    '',
    'c2sp.org/tlog-proof@v1\n\n',
    'c2sp.org/tlog-proof@v2\nindex 1\n\nx',
    'c2sp.org/tlog-proof@v1\nindex 01\n\nx',
  ])('%j is refused', (text) => {
    expect(() => parseTlogProof(text)).toThrow(MalformedFormat);
  });
});
