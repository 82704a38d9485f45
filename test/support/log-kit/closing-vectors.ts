import { hashOf } from '../../../verification/sample-log/campaign-writer.js';
import { CAMPAIGN } from './good-log.js';

const hash = hashOf('anybody');

/** One slot is held, and one person waits, whom the last leaf tells that nothing comes any more. */
export const BEFORE_CLOSING: readonly string[] = [
  `v1 terms ${CAMPAIGN} 1 1 10 KRW - - keep - ${hash} 1`,
  `v1 epoch ${CAMPAIGN} 1 0 1`,
  `v1 claim ${CAMPAIGN} 1 1 1 1 ${hashOf('first')}`,
  `v1 claim ${CAMPAIGN} 1 2 1 - ${hashOf('second')}`,
  `v1 full ${CAMPAIGN} 1 2 1`,
];

export const TOLD_AN_END = `v1 ended ${CAMPAIGN} 2 1`;

const state = (fields: string): string => `v1 state ${CAMPAIGN} ${fields} ${hash} 1`;
const PAUSED = state('2 PAUSED - - 1 2');
const CLOSED = state('2 CLOSED - - 1 2');
const NEVER_IN_FORCE = state('2 CLOSED - - 1 -');

/** What an operator does before that, and whether the last leaf is allowed then: rule 12 of docs/transparency.md. */
export const CLOSINGS: readonly (readonly [string, readonly string[], boolean])[] = [
  ['nothing', [], false],
  ['it is closed', [CLOSED], true],
  ['it is paused', [PAUSED], false],
  ['it is closed, which never was in force', [NEVER_IN_FORCE], false],
  ['it is paused, and closed, which never was in force', [PAUSED, state('3 CLOSED - - 1 -')], false],
  ['it is closed, and then once more', [CLOSED, state('3 CLOSED - - 1 -')], true],
  ['it is closed twice, of which the second is in force', [NEVER_IN_FORCE, state('3 CLOSED - - 1 2')], true],
];
