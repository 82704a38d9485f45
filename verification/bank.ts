import { bankCommand, readBankOptions } from './bank/bank-options.js';
import { findBankSecrets } from './bank/bank-secrets.js';
import { openBank } from './bank/open-bank.js';
import { runCommand } from '../tools/command.js';
import { loadDotEnv } from '../tools/stack/dot-env.js';
import { StopSignals } from '../tools/stack/stop-signals.js';

runCommand(bankCommand, async (args) => {
  loadDotEnv();
  const options = readBankOptions(args);
  const secrets = await findBankSecrets();
  const signals = new StopSignals();
  process.on('disconnect', () => process.exit(1)); // its starter was killed and cannot stop it
  const bank = await openBank(options, secrets, (sentence) => console.error(sentence));
  // This line is for programs, which wait for it. The text on stderr is for people.
  console.log(JSON.stringify({ url: bank.url, log: options.logFile }));
  console.error(`The sandbox bank writes its log to ${options.logFile}. In another terminal, start the service (npm start) with:

  PAYOUT_PROVIDER=http
  PAYOUT_HTTP_URL=${bank.url}
  PAYOUT_HTTP_SECRET=${process.env.BANK_SECRET ? '(the value of BANK_SECRET)' : secrets.bearer}
  PAYOUT_WEBHOOK_SECRET=${process.env.BANK_WEBHOOK_SECRET ? '(the value of BANK_WEBHOOK_SECRET)' : secrets.webhook}
`);
  if (options.webhookUrl === undefined) {
    console.error('It sends no webhooks. To get webhooks, pass --webhook-url {service}/v1/payout-events.');
  }
  await Promise.race([signals.requested, bank.failed]);
  await bank.close();
  return 0;
});
