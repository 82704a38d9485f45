import { erasePerson } from '../src/platform/login/erase-person.js';
import { readCommandLine } from './command-line/read-command-line.js';
import { UsageError } from './command-line/usage-error.js';
import { runCommand } from './command.js';
import { erasePersonCommand } from './options/erase-person-options.js';
import { loadDotEnv } from './stack/dot-env.js';
import { findRunningStack } from './stack/running-stack.js';

runCommand(erasePersonCommand, async (args) => {
  const { issuer, subject, reason } = readCommandLine(erasePersonCommand, args).values;
  if (issuer === undefined || subject === undefined || reason === undefined)
    throw new UsageError(
      'Give --issuer URL, --subject SUB and --reason TEXT. More: npm run erase-person -- --help',
    );
  loadDotEnv();
  const { databaseUrl } = await findRunningStack('databaseUrl');
  const userId = await erasePerson({ databaseUrl, issuer, subject, reason });
  if (userId === null) console.log('Nobody of this account is known: nothing was erased.');
  else
    console.log(
      `Nothing leads from the account to user ${userId} any more. The books keep the user id alone.`,
    );
  return 0;
});
