import { readBankOptions } from './bank/bank-options.js';
import { findBankSecrets } from './bank/bank-secrets.js';
import { openBank } from './bank/open-bank.js';
import { runCommand } from '../tools/command.js';
import { loadDotEnv } from '../tools/stack/dot-env.js';
import { StopSignals } from '../tools/stack/stop-signals.js';

runCommand(async () => {
  loadDotEnv();
  const options = readBankOptions(process.argv.slice(2));
  const secrets = await findBankSecrets();
  const signals = new StopSignals();
  process.on('disconnect', () => process.exit(1)); // who started it was killed, so nobody would stop it
  const bank = await openBank(options, secrets, (sentence) => console.error(sentence));
  // For programs, which wait for this line; what follows on stderr is for people.
  console.log(JSON.stringify({ url: bank.url, log: options.logFile }));
  console.error(`The sandbox bank keeps its log in ${options.logFile}. Start the service with:

  PAYOUT_PROVIDER=http
  PAYOUT_HTTP_URL=${bank.url}
  PAYOUT_HTTP_SECRET=${process.env.BANK_SECRET ? '(what BANK_SECRET says)' : secrets.bearer}
  PAYOUT_WEBHOOK_SECRET=${process.env.BANK_WEBHOOK_SECRET ? '(what BANK_WEBHOOK_SECRET says)' : secrets.webhook}
`);
  if (options.webhookUrl === undefined) {
    console.error('It sends no webhooks; with --webhook-url {service}/v1/payout-events it does.');
  }
  await Promise.race([signals.requested, bank.failed]);
  await bank.close();
  return 0;
});
