import { LogCheck } from '../../../verification/verifier/log/log-check.js';
import { KnownRoots } from '../../../verification/verifier/log/known-roots.js';
import { CampaignReplay } from '../../../verification/verifier/replay/campaign-replay.js';
import { type SeenTree, TimeBounds } from '../../../verification/verifier/log/time-bounds.js';
import { hashOf } from '../../../verification/sample-log/campaign-writer.js';
import { LOG_LEAF } from '../../support/log-kit/signed-log.js';

/** Reads a campaign `c` of two slots and one place in the line. */
function read(
  leaves: readonly string[],
  reversalPolicy = 'keep',
  seen: readonly SeenTree[] = [],
): CampaignReplay {
  const check = new LogCheck({
    ...{ campaign: null, roots: new KnownRoots([]), bounds: new TimeBounds(seen), watches: [] },
  });
  check.leaf(LOG_LEAF);
  check.leaf(`v1 terms c 2 1 10 KRW - - ${reversalPolicy} - ${hashOf('key')} 1`);
  check.leaf('v1 epoch c 1 0 1');
  for (const leaf of leaves) check.leaf(leaf);
  return check.campaigns.get('c') ?? new CampaignReplay('c');
}

/** What is found broken in it. */
function broken(...leaves: readonly string[]): string[] {
  return [...read(leaves).findings.violations.counts.keys()].sort();
}

const claim = (no: number, slot: number | '-', { epoch = 1, who = `${no}` } = {}): string =>
  `v1 claim c ${epoch} ${no} 5 ${slot} ${hashOf(who)}`;
const paid = (no: number): string => `v1 paid c ${no} ${no} - 6`;

it('reports what was taken back as a broken promise, and nothing else', () => {
  expect(broken(claim(1, 1), claim(2, 2), 'v1 restored c 2 2 7', claim(2, 2, { who: 'b' }))).toEqual([
    'broken-promise',
  ]);
  expect(broken(claim(1, 1), claim(2, 2), 'v1 restored c 2 2 7', claim(2, 2))).toEqual(['broken-promise']);
});

it('reports it also when no number is concerned', () => {
  expect(broken(claim(1, 1), 'v1 epoch c 2 1 5', 'v1 restored c 2 1 7', claim(2, 2))).toEqual([
    'broken-promise',
  ]);
});

it('takes an end back, and counts again', () => {
  const ended = [claim(1, 1), claim(2, 2), paid(1), paid(2), 'v1 end c 2 2 0 0 0 9'];
  expect(broken(...ended, claim(3, '-'))).toEqual(['nothing-after-end']);
  expect(broken(...ended, 'v1 restored c 3 2 10', 'v1 end c 2 2 0 0 0 11')).toEqual(['broken-promise']);
  const closed = 'v1 state c 2 CLOSED - - 1 1 - 10';
  expect(broken(...ended, 'v1 restored c 2 2 10', closed, 'v1 end c 1 1 0 0 0 11')).toEqual([
    'broken-promise',
  ]);
});

it('takes back a gate and a change of the terms that stand behind the number before', () => {
  const state = (revision: number, word: string): string => `v1 state c ${revision} ${word} - - 1 1 - 6`;
  const before = [claim(1, 1), 'v1 epoch c 2 1 5', state(2, 'CLOSED')];
  expect(broken(...before, claim(2, 2, { epoch: 2 }))).toEqual(['claims-allowed']);
  const after = [
    claim(2, 2),
    'v1 restored c 2 2 8',
    'v1 epoch c 2 1 9',
    state(2, 'PAUSED'),
    state(3, 'OPEN'),
  ];
  expect(broken(claim(1, 1), ...after, claim(2, 2, { epoch: 2 }))).toEqual(['broken-promise']);
  expect(broken(...before, 'v1 restored c 2 1 8', state(2, 'OPEN'), claim(2, 2))).toEqual(['broken-promise']);
});

it('keeps what stands before, and what became of earlier people', () => {
  const before = [claim(1, 1), 'v1 epoch c 2 1 5', claim(2, 2, { epoch: 2 }), paid(1)];
  expect(broken(...before, 'v1 restored c 3 2 8', 'v1 epoch c 2 2 9')).toEqual([
    'broken-promise',
    'epoch-rises',
  ]);
  expect(broken(...before, 'v1 restored c 2 2 8', paid(1))).toEqual(['broken-promise', 'paid-once']);
});

it('names only the last numbers', () => {
  const before = [claim(1, 1), claim(2, 2)];
  expect(broken(...before, 'v1 restored c 1 1 8')).toContain('restored-range');
  expect(broken(...before, 'v1 restored c 4 2 8')).toContain('restored-range');
  expect(broken(...before, 'v1 restored c 2 3 8')).toContain('restored-range');
});

describe('what was taken back is in no count', () => {
  const failed = (no: number, reason: string): string => `v1 failed c ${no} ${no} ${reason} - 6`;

  it('neither why payments failed, nor which numbers were lost', () => {
    const leaves = [
      ...[claim(1, 1), failed(1, 'rejected-by-provider'), claim(2, 2), failed(2, 'wallet-closed')],
      ...['v1 epoch c 2 6 5', 'v1 lost c 2 3 6', 'v1 restored c 2 6 7'],
    ];
    const { state, findings } = read(leaves);
    expect([...findings.violations.counts.keys()]).toEqual(['broken-promise']);
    expect(state?.counts).toMatchObject({ arrivals: 1, failed: 1 });
    expect(state?.failures).toMatchObject({ 'rejected-by-provider': 1, 'wallet-closed': 0 });
    expect(state?.lost.count).toBe(0);
    expect(read([...leaves.slice(0, -1), 'v1 restored c 5 6 7']).state?.lost.count).toBe(2);
  });

  it('nor a slot that was passed on after people had waited in vain, if they do so no more', () => {
    const late = [
      ...[claim(1, 1), claim(2, 2), claim(3, '-'), 'v1 full c 1 3 5', paid(1), paid(2), 'v1 ended c 3 6'],
      ...['v1 reversed c 1 1 regrant - 6'],
    ];
    const again = [
      ...[
        claim(3, '-'),
        'v1 promote c 3 1 8',
        claim(4, '-'),
        'v1 full c 1 4 5',
        'v1 state c 2 CLOSED - - 1 4 - 8',
      ],
      ...['v1 ended c 4 9', 'v1 failed c 3 1 wallet-closed - 9', 'v1 end c 4 1 2 0 1 9'],
    ];
    const { findings } = read([...late, 'v1 restored c 3 3 7', ...again], 'regrant');
    expect([...findings.violations.counts.keys()]).toEqual(['broken-promise', 'end-turned-nobody-away']);
    const ended = ['v1 state c 2 CLOSED - - 1 3 - 8', 'v1 end c 3 1 1 0 1 9'];
    expect(read([...late, ...ended], 'regrant').findings.isClean).toBe(true);
  });
});

it('remarks on no time of claims that are said again, but on those of new ones', () => {
  // The log has seven leaves up to the restore, and witnesses saw these long after the claims were made.
  const seen = [{ size: 6, earliestMs: 900_000, latestMs: 900_000 }];
  const leaves = [claim(1, 1), claim(2, 2), 'v1 restored c 2 2 7', claim(2, 2)];
  expect([...read(leaves, 'keep', seen).findings.remarks.counts.keys()]).toEqual([]);
  const late = read([...leaves, claim(3, '-')], 'keep', seen);
  expect([...late.findings.remarks.counts.keys()]).toEqual(['claim-logged-late']);
});

it('knows which claim was the last one before', () => {
  const before = [claim(1, 1), 'v1 epoch c 2 3 5', 'v1 lost c 2 2 3', claim(4, 2, { epoch: 2 })];
  const pause = 'v1 state c 2 PAUSED - - 1 1 - 6';
  expect(broken(...before, 'v1 restored c 3 4 7', pause)).toEqual(['broken-promise']);
  expect(broken(...before, 'v1 restored c 3 4 7', pause.replace(' 1 1 - 6', ' 1 0 - 6'))).toContain(
    'state-in-place',
  );
});
