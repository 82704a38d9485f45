import fc from 'fast-check';
import { SortedCommitments } from '../../../../src/transparency/sequencer/sorted-commitments.js';

it('gives commitments in ascending order of their text, each time', () => {
  const commitment = fc.uint8Array({ minLength: 32, maxLength: 32 });
  fc.assert(
    fc.property(fc.array(commitment), (all) => {
      const texts = all.map((bytes) => Buffer.from(bytes).toString('base64'));
      const sorted = new SortedCommitments();
      for (const text of texts) sorted.add(text);
      texts.sort();
      expect([...sorted]).toEqual(texts);
      expect([...sorted]).toEqual(texts);
    }),
  );
});
