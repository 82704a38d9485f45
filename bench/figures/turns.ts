/** All of them once, starting with a different one at each turn, so that none always has the better moment. */
export function startingWith<Item>(items: readonly Item[], turn: number): Item[] {
  const first = turn % items.length;
  return [...items.slice(first), ...items.slice(0, first)];
}
