import { BaselineProcess } from './baseline-process.js';
import type { Contestant, ContestantName, ContestantSurroundings } from './contestant.js';
import { OurService } from './our-service.js';

/** Starts one contestant and waits until it takes requests. */
export function startContestant(
  name: ContestantName,
  surroundings: ContestantSurroundings,
): Promise<Contestant> {
  if (name === 'ours') return OurService.start(surroundings);
  return BaselineProcess.start(name, name === 'seed', surroundings);
}
