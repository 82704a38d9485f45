import { benchCommand } from '../../bench/bench-options.js';
import type { CommandDeclaration } from '../../tools/command-line/command-declaration.js';
import { archiveCommand } from '../../tools/options/archive-options.js';
import { auditCommand } from '../../tools/options/audit-options.js';
import { dropGatesCommand } from '../../tools/options/drop-gates-options.js';
import { erasePersonCommand } from '../../tools/options/erase-person-options.js';
import { forgetCampaignKeyCommand } from '../../tools/options/forget-campaign-key-options.js';
import { migrateCommand } from '../../tools/options/migrate-options.js';
import { newLogCommand } from '../../tools/options/new-log-options.js';
import { newLogKeyCommand } from '../../tools/options/new-log-key-options.js';
import { openapiCommand } from '../../tools/options/openapi-options.js';
import { publishLogCommand } from '../../tools/options/publish-log-options.js';
import { reconcileCommand } from '../../tools/options/reconcile-options.js';
import { devCommand, startCommand } from '../../tools/options/start-options.js';
import { testCommand } from '../../tools/options/test-options.js';
import { restoreLogCommand } from '../../tools/options/restore-log-options.js';
import { tokenCommand } from '../../tools/options/token-options.js';
import { bankCommand } from '../../verification/bank/bank-options.js';
import { chaosCommand } from '../../verification/chaos/chaos-options.js';
import { checkCommand } from '../../verification/checker/check-options.js';
import { modelCommand } from '../../verification/model/model-options.js';
import { mutantsCommand } from '../../verification/mutants/mutants-options.js';
import { rushCommand } from '../../verification/rush/rush-options.js';
import { verifyCommand } from '../../verification/verifier/verify-options.js';
import { witnessCommand } from '../../verification/witness/witness-options.js';

/** Every command of package.json that `tools/run.mjs` runs, in the order of docs/commands.md. */
export const allCommands: readonly CommandDeclaration[] = [
  startCommand,
  devCommand,
  tokenCommand,
  migrateCommand,
  dropGatesCommand,
  auditCommand,
  reconcileCommand,
  archiveCommand,
  erasePersonCommand,
  newLogKeyCommand,
  publishLogCommand,
  restoreLogCommand,
  newLogCommand,
  forgetCampaignKeyCommand,
  rushCommand,
  chaosCommand,
  bankCommand,
  verifyCommand,
  witnessCommand,
  checkCommand,
  modelCommand,
  mutantsCommand,
  benchCommand,
  testCommand,
  openapiCommand,
];
