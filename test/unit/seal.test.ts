import { compactDecrypt } from 'jose';
import { hkdfSync } from 'node:crypto';
import { Seal } from '../../src/platform/sessions/seal.js';

const SECRET = 'a secret that seals the cookies of tests alone';
const CONTENT = { userId: '42', name: '김선착', expiresAt: 1 };

/** The same bytes with one bit changed in one part of the compact form. */
function tampered(sealed: string, part: number): string {
  return sealed
    .split('.')
    .map((text, index) => {
      if (index !== part) return text;
      const bytes = Buffer.from(text, 'base64url');
      bytes[0] = (bytes[0] ?? 0) ^ 1;
      return bytes.toString('base64url');
    })
    .join('.');
}

describe('a seal', () => {
  it('opens what it has sealed, and shows nothing of it', async () => {
    const seal = new Seal(SECRET, 'one');
    const sealed = await seal.seal(CONTENT);
    expect(seal.open(sealed)).toEqual(CONTENT);
    expect(Buffer.from(sealed.split('.')[3] ?? '', 'base64url').toString()).not.toContain('42');
    expect(await seal.seal(CONTENT)).not.toBe(sealed);
  });

  it('is a JSON Web Encryption that jose opens, too', async () => {
    const key = new Uint8Array(hkdfSync('sha256', SECRET, '', 'seonchak: one', 32));
    const { plaintext, protectedHeader } = await compactDecrypt(
      await new Seal(SECRET, 'one').seal(CONTENT),
      key,
    );
    expect(JSON.parse(new TextDecoder().decode(plaintext))).toEqual(CONTENT);
    expect(protectedHeader).toMatchObject({ alg: 'dir', enc: 'A256GCM' });
  });

  it('opens nothing that was changed, cut, sealed for something else or with another secret', async () => {
    const seal = new Seal(SECRET, 'one');
    const sealed = await seal.seal(CONTENT);
    const parts = sealed.split('.');
    for (const part of [0, 2, 3, 4]) expect([part, seal.open(tampered(sealed, part))]).toEqual([part, null]);
    const short = [...parts.slice(0, 4), (parts[4] ?? '').slice(0, 6)].join('.');
    for (const bad of ['', '.', '....', short, `${sealed}.`, parts.slice(0, 4).join('.'), parts.join('..')])
      expect([bad, seal.open(bad)]).toEqual([bad, null]);
    expect(new Seal(SECRET, 'two').open(sealed)).toBeNull();
    expect(new Seal(`${SECRET}!`, 'one').open(sealed)).toBeNull();
    expect(seal.open(await new Seal(SECRET, 'two').seal(CONTENT))).toBeNull();
  });

  it('opens with each secret of the list, and seals with the first', async () => {
    const old = await new Seal(SECRET, 'one').seal(CONTENT);
    const both = new Seal(`${SECRET}!|${SECRET}`, 'one');
    expect(both.open(old)).toEqual(CONTENT);
    expect(new Seal(SECRET, 'one').open(await both.seal(CONTENT))).toBeNull();
  });
});
