import { lastHolder } from '../../../web/console/people/slot-holder.js';

const page = (userIds: string[], next: number | null) => ({
  items: userIds.map((userId) => ({ userId })),
  next,
});

describe('whoever has a slot', () => {
  it('is the last who got it, not those who lost it', async () => {
    expect(await lastHolder(() => Promise.resolve(page(['12', '15'], null)))).toBe('15');
  });

  it('is found however many had it before', async () => {
    const pages = new Map([
      [0, page(['12', '13'], 2)],
      [2, page(['17'], 7)],
      [7, page([], null)],
    ]);
    expect(await lastHolder((after) => Promise.resolve(pages.get(after)!))).toBe('17');
  });

  it('may be nobody', async () => {
    expect(await lastHolder(() => Promise.resolve(page([], null)))).toBeNull();
  });
});
