import { CAP } from './p1-cap.js';
import { ONCE } from './p2-once.js';
import { ORDER } from './p3-order.js';
import { DURABLE_ANSWER } from './p4-durable-answer.js';
import { SOLD_OUT } from './p5-sold-out.js';
import { EXACT } from './p6-exact.js';
import { DOUBT_IS_NOT_FAILURE } from './p7-doubt-is-not-failure.js';
import { AN_END } from './p8-an-end.js';
import { MONEY } from './p9-money.js';
import type { Statement } from './statement.js';

/** All statements about a run's records. The audit adds its statements about Postgres and Redis. */
export const STATEMENTS: readonly Statement[] = [
  ...CAP,
  ...ONCE,
  ...ORDER,
  ...DURABLE_ANSWER,
  ...SOLD_OUT,
  ...EXACT,
  ...DOUBT_IS_NOT_FAILURE,
  ...AN_END,
  ...MONEY,
];
