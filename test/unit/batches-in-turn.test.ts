import { BatchesInTurn } from '../../src/platform/gathering/batches-in-turn.js';

/** Batches whose ends the test decides. */
function controlled(limits?: ConstructorParameters<typeof BatchesInTurn<number, string>>[1]): {
  batches: BatchesInTurn<number, string>;
  begun: { items: readonly number[]; end: () => void; fail: (error: Error) => void }[];
} {
  const begun: { items: readonly number[]; end: () => void; fail: (error: Error) => void }[] = [];
  const batches = new BatchesInTurn<number, string>(
    (items) =>
      new Promise((resolve, reject) =>
        begun.push({ items, end: () => resolve(items.map((item) => `done ${item}`)), fail: reject }),
      ),
    limits,
  );
  return { batches, begun };
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('batches in turn', () => {
  it('takes what is asked for at the same time together, and in the next batch what comes while one is under way', async () => {
    const { batches, begun } = controlled();
    const first = [batches.ask(1), batches.ask(2)];
    await nextTurn();
    const next = [batches.ask(3), batches.ask(4)];
    await nextTurn();
    expect(begun.map(({ items }) => items)).toEqual([[1, 2]]);
    begun[0]?.end();
    expect(await Promise.all(first)).toEqual(['done 1', 'done 2']);
    await nextTurn();
    expect(begun.map(({ items }) => items)).toEqual([
      [1, 2],
      [3, 4],
    ]);
    begun[1]?.end();
    expect(await Promise.all(next)).toEqual(['done 3', 'done 4']);
  });

  it('fails everything of a batch that fails, and nothing else', async () => {
    const { batches, begun } = controlled();
    const first = batches.ask(1);
    const failed = expect(first).rejects.toThrow('gone');
    await nextTurn();
    const next = batches.ask(2);
    begun[0]?.fail(new Error('gone'));
    await failed;
    await nextTurn();
    begun[1]?.end();
    expect(await next).toBe('done 2');
    const last = batches.ask(3);
    await nextTurn();
    begun[2]?.end();
    expect(await last).toBe('done 3');
  });

  it('has as many batches under way as it may, none heavier than it may be unless a single item is', async () => {
    const { batches, begun } = controlled({ atOnce: 2, batchWeight: 5, weigh: (item) => item });
    const asked = [3, 2, 1, 9, 4].map((item) => batches.ask(item));
    await nextTurn();
    await nextTurn();
    await nextTurn();
    expect(begun.map(({ items }) => items)).toEqual([[3, 2], [1]]);
    begun[1]?.end();
    await asked[2];
    begun[0]?.end();
    await asked[0];
    await nextTurn();
    expect(begun.map(({ items }) => items)).toEqual([[3, 2], [1], [9], [4]]);
    begun[2]?.end();
    begun[3]?.end();
    expect(await Promise.all(asked)).toEqual(['done 3', 'done 2', 'done 1', 'done 9', 'done 4']);
  });
});
