/** So many turns of the event loop without a newcomer end the waiting. One alone may fall between two of a crowd. */
const EMPTY_TURNS = 2;

/** However many come, so long is waited in ms, if the turns of the event loop are long. */
const LONGEST_MS = 2;

/**
 * Waits while the event loop brings further requests: people who were answered together come back one by one, and
 * whoever comes first would otherwise go with the few who are there by then. No timer: somebody who is alone goes after
 * two idle turns of the loop, which take microseconds.
 * @param size how many wait now
 * @param enough so many need not wait for others; 0 for waiting until the next turn of the loop only
 * @param begin called once, at the earliest in the next turn of the loop
 */
export function onceArrivalsPause(size: () => number, enough: number, begin: () => void): void {
  const latest = performance.now() + LONGEST_MS;
  let seen = size();
  let emptyTurns = 0;
  const look = (): void => {
    const now = size();
    emptyTurns = now > seen ? 0 : emptyTurns + 1;
    seen = now;
    if (now >= enough || emptyTurns === EMPTY_TURNS || performance.now() >= latest) begin();
    else setImmediate(look);
  };
  setImmediate(look);
}
