import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useWords } from '../messages/language.tsx';
import { Button } from './Button.tsx';
import { Failure } from './Failure.tsx';
import { Loading } from './Loading.tsx';

interface PagesProps<T> {
  readonly query: UseInfiniteQueryResult<InfiniteData<{ readonly items: readonly T[] }>>;
  /** Shown in place of the list when there is nothing in it. */
  readonly empty: ReactNode;
  readonly children: (items: readonly T[]) => ReactNode;
}

/** A list that is read by keyset pages: loading, failed, empty, or as far as it was asked for. */
export function Pages<T>({ query, empty, children }: PagesProps<T>) {
  const { m } = useWords();
  const { data, error, hasNextPage, isFetchingNextPage } = query;
  if (data === undefined) {
    return error ? <Failure error={error} retry={() => void query.refetch()} /> : <Loading />;
  }
  const items = data.pages.flatMap((page) => page.items);
  return (
    <>
      {error ? <Failure error={error} retry={() => void query.refetch()} /> : null}
      {items.length > 0 ? (
        children(items)
      ) : hasNextPage ? (
        <p className="quiet">{m.people.shortPage}</p>
      ) : (
        empty
      )}
      {hasNextPage ? (
        <p className="more">
          <Button isDisabled={isFetchingNextPage} onPress={() => void query.fetchNextPage()}>
            {isFetchingNextPage ? m.loadingMore : m.more}
          </Button>
        </p>
      ) : null}
    </>
  );
}
