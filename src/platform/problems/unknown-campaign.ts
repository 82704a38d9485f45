import { Problem } from './problem.js';

export function unknownCampaign(): Problem {
  return new Problem(404, 'unknown-campaign', 'There is no such campaign');
}
