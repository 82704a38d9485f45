import { claimMutants } from './claim-mutants.js';
import { gateMutants } from './gate-mutants.js';
import { endMutants } from './end-mutants.js';
import { loginMutants } from './login-mutants.js';
import type { Mutant } from './mutant.js';
import { payoutMutants } from './payout-mutants.js';
import { proofMutants } from './proof-mutants.js';
import { recoveryMutants } from './recovery-mutants.js';

export const allMutants: readonly Mutant[] = [
  ...claimMutants,
  ...payoutMutants,
  ...recoveryMutants,
  ...gateMutants,
  ...endMutants,
  ...loginMutants,
  ...proofMutants,
];
