import { hashOf } from '../../../verification/sample-log/campaign-writer.js';

/** A dishonest change of the good log, and how the verifier must call it once the operator has signed it. */
export interface LogMutant {
  readonly name: string;
  readonly change: (leaves: string[]) => void;
  readonly rule: string;
}

/** Kinds are written as the leaf's beginning without `v1`, e.g. `claim ten-won 1 3`. */
export const LEAF_MUTANTS: readonly LogMutant[] = [
  {
    name: 'two leaves are swapped',
    rule: 'arrivals-in-order',
    change: swap('claim ten-won 1 2 ', 'claim ten-won 1 3 '),
  },
  { name: 'one is dropped', rule: 'arrivals-in-order', change: drop('claim ten-won 1 3 ') },
  {
    name: 'one is added',
    rule: 'arrivals-in-order',
    change: before('claim ten-won 1 4 ', `claim ten-won 1 4 1764100000100 4 ${hashOf('a friend')}`),
  },
  {
    name: 'somebody is skipped in the line',
    rule: 'promote-in-order',
    change: edit('promote ten-won 5 2 ', 'promote ten-won 6 2 '),
  },
  {
    name: 'a slot is given twice',
    rule: 'slot-is-free',
    change: edit(/ 2 (\d+) 2 /, ' 2 $1 1 ', 'claim ten-won 1 2 '),
  },
  {
    name: 'one more is paid than there are slots',
    rule: 'more-than-capacity',
    change: before(
      'state ten-won 4',
      'promote ten-won 10 5 1764100000900',
      'paid ten-won 10 5 - 1764100000901',
    ),
  },
  {
    name: 'a term is changed: more slots',
    rule: 'full-in-place',
    change: edit('terms ten-won 4 ', 'terms ten-won 5 '),
  },
  {
    name: 'a term is changed: a longer line',
    rule: 'full-in-place',
    change: edit('ten-won 4 3 10', 'ten-won 4 9 10'),
  },
  {
    name: 'a time is moved',
    rule: 'claim-times-fall',
    change: edit(/ 3 \d{13} /, ' 3 1764100000001 ', 'claim ten-won 1 3 '),
  },
  {
    name: 'something follows the end',
    rule: 'nothing-after-end',
    change: (leaves) => leaves.push('v1 paid ten-won 10 1 - 1764100009999'),
  },
  {
    name: 'somebody is paid twice',
    rule: 'paid-once',
    change: before('paid ten-won 3 ', 'paid ten-won 1 1 - 1764100000500'),
  },
  {
    name: 'a newcomer overtakes the line',
    rule: 'nobody-overtakes',
    change: (leaves) => {
      drop('promote ten-won 5 2 ')(leaves);
      edit(' - ', ' 2 ', 'claim ten-won 2 10 ')(leaves);
    },
  },
  {
    name: 'somebody gets in while it is paused',
    rule: 'claims-allowed',
    change: drop('state ten-won 3 OPEN'),
  },
  { name: 'numbers are lost without a rebuild', rule: 'lost-range', change: drop('epoch ten-won 2 ') },
  {
    name: 'a number is used again',
    rule: 'arrivals-in-order',
    change: edit('claim ten-won 2 11 ', 'claim ten-won 2 10 '),
  },
  {
    name: 'the end counts wrongly',
    rule: 'end-counts',
    change: edit('end ten-won 9 4 ', 'end ten-won 9 5 '),
  },
  {
    name: 'the same person claims twice',
    rule: 'once-a-person',
    change: edit(hashOf('person 4'), hashOf('person 1'), 'claim ten-won 1 4 '),
  },
  { name: '“full” is left out', rule: 'full-is-said', change: drop('full ten-won 1 7 ') },
  { name: 'the terms are given again', rule: 'terms-once', change: repeat('terms ten-won ') },
  { name: 'the terms come late', rule: 'terms-first', change: swap('terms ten-won ', 'epoch ten-won 1 ') },
  {
    name: 'waiting ends too early',
    rule: 'ended-too-early',
    change: before('paid ten-won 4', 'ended ten-won 10 1764100000300'),
  },
  {
    name: 'a closed campaign opens again',
    rule: 'closed-is-final',
    change: edit(' PAUSED ', ' CLOSED ', 'state ten-won 2 '),
  },
  {
    name: 'a slot is passed on against the terms',
    rule: 'regrant-by-the-terms',
    change: edit(' regrant ', ' keep ', 'terms ten-won '),
  },
  {
    name: 'somebody who is paid “fails”',
    rule: 'failed-holds-the-slot',
    change: before('paid ten-won 4', 'failed ten-won 1 1 wallet-closed - 1764100000400'),
  },
  {
    name: 'somebody is paid with another slot',
    rule: 'paid-holds-the-slot',
    change: edit('paid ten-won 4 4', 'paid ten-won 4 3'),
  },
  { name: 'it ends while somebody waits', rule: 'end-with-nobody-open', change: drop('ended ten-won 11 ') },
  {
    name: 'somebody who waited has left and is promoted',
    rule: 'promote-waits',
    change: before('promote ten-won 7 ', 'promote ten-won 6 3 1764100000400'),
  },
  {
    name: 'the line is longer than it may be',
    rule: 'line-has-room',
    change: edit('ten-won 4 3 10', 'ten-won 4 2 10'),
  },
  {
    name: 'a rebuilt gate forgets claims',
    rule: 'epoch-bound',
    change: edit('epoch ten-won 2 9', 'epoch ten-won 2 5'),
  },
  { name: 'money comes back twice', rule: 'reversed-once', change: repeat('reversed ten-won 1 ') },
  {
    name: 'a claim names another gate',
    rule: 'claim-epoch',
    change: edit('claim ten-won 2 10 ', 'claim ten-won 1 10 '),
  },
  {
    name: 'a pause is said to have come earlier',
    rule: 'state-in-place',
    change: edit(/ \d+ - (\d{13})$/, ' 5 - $1', 'state ten-won 2 '),
  },
  {
    name: 'claims are taken back',
    rule: 'broken-promise',
    change: before('paid ten-won 1 ', 'restored ten-won 10 10 1764100000400'),
  },
  {
    name: 'the log is stopped, and goes on',
    rule: 'nothing-after-stopped',
    change: before('paid ten-won 1 ', 'stopped ten-won no-key 1764100000400'),
  },
  {
    name: 'a leaf has another form',
    rule: 'malformed-leaf',
    change: edit('paid ten-won 4 ', 'paid ten-won 04 '),
  },
  { name: 'the log has no leaf of its own', rule: 'log-first', change: drop('log ') },
  {
    name: 'an unproven campaign goes on',
    rule: 'unproven-alone',
    change: before('terms ten-won ', 'unproven ten-won 1764099000000'),
  },
  {
    name: 'claims are taken back out of the middle',
    rule: 'restored-range',
    change: before('claim ten-won 2 11 ', 'restored ten-won 5 7 1764100000400'),
  },
  {
    name: 'a gate is rebuilt under its old number',
    rule: 'epoch-rises',
    change: edit('epoch ten-won 2 9', 'epoch ten-won 1 9'),
  },
  {
    name: 'the first gate knows of claims',
    rule: 'first-epoch',
    change: edit('epoch ten-won 1 0', 'epoch ten-won 1 3'),
  },
  {
    name: 'a slot is given that does not exist',
    rule: 'slot-exists',
    change: edit('promote ten-won 5 2 ', 'promote ten-won 5 5 '),
  },
  {
    name: 'a slot is revoked from somebody who is paid',
    rule: 'revoked-holds-the-slot',
    change: before('paid ten-won 4', 'revoked ten-won 1 1 - 1764100000400'),
  },
  {
    name: 'money comes back from somebody who got none',
    rule: 'reversed-was-paid',
    change: edit('reversed ten-won 1 1 ', 'reversed ten-won 2 2 '),
  },
  { name: 'somebody leaves twice', rule: 'left-waits', change: repeat('left ten-won 6 ') },
  { name: 'waiting ends twice', rule: 'ended-waits', change: repeat('ended ten-won 10 ') },
  {
    name: 'a change has the number of the one before',
    rule: 'revision-rises',
    change: edit('state ten-won 3 OPEN', 'state ten-won 2 OPEN'),
  },
  {
    name: 'slots are left over, and people who waited get nothing',
    rule: 'end-turned-nobody-away',
    change: (leaves) => {
      edit('paid ten-won 5 2 ', 'revoked ten-won 5 2 ')(leaves);
      edit('end ten-won 9 4 2 ', 'end ten-won 9 3 3 ')(leaves);
    },
  },
  {
    name: 'it ends with slots left, and nobody has closed it',
    rule: 'end-when-over',
    change: (leaves) => {
      edit('paid ten-won 5 2 ', 'revoked ten-won 5 2 ')(leaves);
      drop('state ten-won 4 CLOSED')(leaves);
    },
  },
  {
    name: 'the first claim comes before the opening',
    rule: 'claim-before-opening',
    change: edit(/ 1 1 \d{13} /, ' 1 1 1764099999999 ', 'claim ten-won 1 1 '),
  },
  {
    name: 'the terms are published after the opening',
    rule: 'terms-after-opening',
    change: edit('KRW 1764100000000 ', 'KRW 1764099000000 ', 'terms ten-won '),
  },
];

function at(leaves: readonly string[], start: string): number {
  const index = leaves.findIndex((leaf) => leaf.startsWith(`v1 ${start}`));
  if (index === -1) throw new Error(`No leaf begins with "v1 ${start}".`);
  return index;
}

function swap(one: string, other: string) {
  return (leaves: string[]): void => {
    const [i, j] = [at(leaves, one), at(leaves, other)];
    [leaves[i], leaves[j]] = [leaves[j] ?? '', leaves[i] ?? ''];
  };
}

function drop(start: string) {
  return (leaves: string[]): void => void leaves.splice(at(leaves, start), 1);
}

function repeat(start: string) {
  return (leaves: string[]): void => {
    const index = at(leaves, start);
    leaves.splice(index + 1, 0, leaves[index] ?? '');
  };
}

function before(start: string, ...more: readonly string[]) {
  return (leaves: string[]): void => {
    leaves.splice(at(leaves, start), 0, ...more.map((leaf) => `v1 ${leaf}`));
  };
}

/** @param start of the leaf, if it is not what is replaced */
function edit(what: string | RegExp, by: string, start?: string) {
  return (leaves: string[]): void => {
    const index =
      start === undefined ? leaves.findIndex((leaf) => leaf.includes(String(what))) : at(leaves, start);
    const edited = (leaves[index] ?? '').replace(what, by);
    if (edited === leaves[index]) throw new Error(`Nothing was edited in ${edited}`);
    leaves[index] = edited;
  };
}
