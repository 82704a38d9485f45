import {
  formatAddCheckpoint,
  parseAddCheckpoint,
} from '../../../../src/transparency/formats/add-checkpoint.js';
import { formatCheckpoint, parseCheckpoint } from '../../../../src/transparency/formats/checkpoint.js';
import { type TileId, tilePath, widthAt } from '../../../../src/transparency/formats/tile-path.js';
import { formatNote, parseNote } from '../../../../src/transparency/formats/signed-note.js';

const hex = (bytes: Uint8Array = new Uint8Array()): string => Buffer.from(bytes).toString('hex');

const TEXT = 'example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n';
const BY_THE_LOG =
  '— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n';
const BY_ANOTHER_KEY =
  '— example.com/behind-the-sofa opLqBQsREYCgu6xQkYQwJr9fo45a62DN9EdmHXnZdXNqlcVGlCum2Wks+49/V6267UEjw6QUXTS5Rovnzv++qbSzm9Q=\n';
const BY_A_WITNESS =
  '— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n';

// Their keys are not published: what they say is read, and written again.
describe('the example of C2SP', () => {
  it('tlog-checkpoint is a checkpoint', () => {
    const note = parseNote(`${TEXT}\n${BY_THE_LOG}`);
    expect(formatNote(note)).toBe(`${TEXT}\n${BY_THE_LOG}`);
    const checkpoint = parseCheckpoint(note.text);
    expect(checkpoint).toMatchObject({ origin: 'example.com/behind-the-sofa', size: 20_852_163 });
    expect(hex(checkpoint.root)).toBe('0ac5186a91863e8e1d90c808014aa89bf5da8e3ee1d9f07630f0378f68f1ab62');
    expect(formatCheckpoint(checkpoint)).toBe(TEXT);
  });

  it('tlog-cosignature has a witness, and a time in its first eight bytes', () => {
    const text = `${TEXT}\n${BY_THE_LOG}${BY_A_WITNESS}`;
    const note = parseNote(text);
    expect(formatNote(note)).toBe(text);
    const [, cosignature] = note.signatures;
    expect(cosignature?.name).toBe('witness.example.com/w1');
    expect(hex(cosignature?.id)).toBe('8d66cf3f');
    expect(cosignature?.signature).toHaveLength(72);
    expect(hex(cosignature?.signature.subarray(0, 8))).toBe('00000000641850cb');
  });

  it('tlog-witness is a request', () => {
    const proof = [
      'PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=',
      'jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=',
      '5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=',
      '/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=',
    ];
    const checkpoint = `${TEXT}\n${BY_THE_LOG}${BY_ANOTHER_KEY}`;
    const body = `old 20852014\n${proof.join('\n')}\n\n${checkpoint}`;
    const request = parseAddCheckpoint(body);
    expect(request).toMatchObject({ oldSize: 20_852_014, checkpoint });
    expect(request.proof.map((hash) => Buffer.from(hash).toString('base64'))).toEqual(proof);
    expect(formatAddCheckpoint(request)).toBe(body);
  });

  // “A tree of size 70,000 will be represented by 273 full level 0 tiles, one partial level 0 tile of width 112, one
  // full level 1 tile, one partial level 1 tile of width 17, and one partial level 2 tile of width 1.”
  it.each([
    [70_000, [273, 'tile/0/273.p/112', 1, 'tile/1/001.p/17', 0, 'tile/2/000.p/1']],
    [256, [1, null, 0, 'tile/1/000.p/1']],
  ])('tlog-tiles is what a tree of %i leaves consists of', (size, expected) => {
    const levels: (number | string | null)[] = [];
    for (let level = 0; widthAt(size, level, 0) > 0; level++) {
      const tiles: TileId[] = [];
      for (let index = 0; widthAt(size, level, index) > 0; index++)
        tiles.push({ level, index, width: widthAt(size, level, index) });
      const partial = tiles.find(({ width }) => width < 256);
      levels.push(tiles.filter(({ width }) => width === 256).length, partial ? tilePath(partial) : null);
    }
    expect(levels).toEqual(expected);
  });
});
