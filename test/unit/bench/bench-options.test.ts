import { readBenchOptions } from '../../../bench/bench-options.js';

describe('the options of the bench', () => {
  it('default to a full rush of all contestants', () => {
    expect(readBenchOptions([])).toEqual({
      families: ['rush'],
      contestants: ['ours', 'framework', 'floor', 'seed', 'row-lock'],
      rounds: 3,
      settings: { connections: 128, seconds: 4, capacity: 10_000, repeaters: 0, badTokens: 0 },
      requests: 1_000_000,
      pages: 30_000,
      json: false,
      quick: false,
      record: false,
    });
  });

  it('of a quick run equal those of a record', () => {
    expect(readBenchOptions(['--quick']).settings).toEqual(readBenchOptions(['--record']).settings);
  });

  it('override those of a quick run if given', () => {
    const { rounds, settings } = readBenchOptions(['--quick', '--rounds', '1', '--connections', '16']);
    expect({ rounds, ...settings }).toMatchObject({
      rounds: 1,
      connections: 16,
      seconds: 1,
      capacity: 1_000,
    });
  });

  it.each([
    [['--rounds', '0'], 'rounds'],
    [['--seconds', '0'], 'seconds'],
    [['--connections', 'many'], 'connections'],
    [['--requests', '1e6'], 'requests'],
    [['--pages', '0'], 'pages'],
    [['--repeaters', '1'], 'repeaters'],
    [['--bad-tokens', '-0.1'], 'bad-tokens'],
    [['--repeaters', '0.5', '--bad-tokens', '0.5'], 'together'],
    [['--contestants', 'ours,theirs'], 'theirs'],
    [['--contestants', ''], 'contestant'],
    [['walk'], 'walk'],
    [['--quick', '--record'], 'Either'],
    [['--fast'], '--fast'],
  ])('%p are refused with a sentence that names the problem', (args, word) => {
    expect(() => readBenchOptions(args)).toThrow(word);
  });
});
