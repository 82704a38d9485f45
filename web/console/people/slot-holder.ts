import type { components } from '../../../client/openapi.js';

type Page = Pick<components['schemas']['PeoplePageView'], 'next'> & {
  readonly items: readonly { readonly userId: string }[];
};

/**
 * Who has a slot now, or had it last: the last of those who ever held it, since holders follow each other in order of
 * arrival. Null where nobody has had it.
 * @param read the page of its holders after this arrival number
 */
export async function lastHolder(read: (after: number) => Promise<Page>): Promise<string | null> {
  let last: string | null = null;
  for (let after: number | null = 0; after !== null;) {
    const page: Page = await read(after);
    last = page.items.at(-1)?.userId ?? last; // a page may be empty without being the last
    after = page.next;
  }
  return last;
}
