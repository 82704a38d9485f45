import { type Sighting, Sightings } from '../../../../src/transparency/sequencer/sightings.js';

const at = (atMs: number): Sighting => ({ atMs, horizon: BigInt(atMs), arrivals: new Map([['a', atMs]]) });

describe('what rounds of the log saw', () => {
  it('is what the last look by a moment saw', () => {
    const sightings = new Sightings();
    for (const atMs of [10, 20, 30]) sightings.add(at(atMs));
    expect(sightings.by(10)).toEqual(at(10));
    expect(sightings.by(29)).toEqual(at(20));
    sightings.add(at(40));
    expect(sightings.by(30)).toEqual(at(30));
    expect(sightings.by(Infinity)).toEqual(at(40));
  });

  it('is nothing before the first look, and before what was forgotten', () => {
    const sightings = new Sightings();
    const nothing = expect.objectContaining({ horizon: 0n, arrivals: new Map() });
    expect(sightings.by(Infinity)).toEqual(nothing);
    for (const atMs of [10, 20]) sightings.add(at(atMs));
    expect(sightings.by(9)).toEqual(nothing);
    expect(sightings.by(20)).toEqual(at(20));
    expect(sightings.by(19)).toEqual(nothing);
  });
});
