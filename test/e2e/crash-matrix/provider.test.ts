import { join } from 'node:path';
import { BankProcess } from '../../../verification/bank/bank-process.js';
import { CLOSED_WALLETS } from '../../support/crash-matrix/lane.js';
import { crashMatrix } from '../../support/crash-matrix/matrix.js';
import { rush } from '../../support/crash-matrix/provocations.js';
import { dataFolderOf } from '../../support/data-folder.js';

const logFile = join(dataFolderOf('crash-matrix'), 'bank.jsonl');
let bank: BankProcess;

beforeAll(async () => {
  bank = await BankProcess.start({ logFile });
  await bank.control.setOdds({ rejectUsers: CLOSED_WALLETS.map(String) });
});

afterAll(() => BankProcess.killAll());

// The steps of a worker where a provider pays: record the attempt, call the provider, record its answer.
crashMatrix(
  [
    { point: 'payout.recorded', reach: 3, role: 'worker', provider: 'http', provoke: rush },
    { point: 'provider.answered', reach: 3, role: 'worker', provider: 'http', provoke: rush },
    { point: 'payout.concluded', role: 'worker', provider: 'http', provoke: rush },
  ],
  () => ({
    ...bank.serviceVariables,
    PAYOUT_HTTP_TIMEOUT_MS: '500',
    PAYOUT_HTTP_RATE: '1000',
    PAYOUT_RETRY_MS: '50',
  }),
  logFile,
);

it('P2, P7: the provider itself has seen one request for each key, and moved its money once', async () => {
  const lines = await bank.readLog();
  const settled = lines.filter(({ event }) => event === 'settled').map((line) => line.idempotencyKey);
  expect(settled.length).toBeGreaterThan(0);
  expect(settled.length).toBe(new Set(settled).size);
  expect(lines.filter(({ event }) => event === 'key-conflict' || event === 'forgotten')).toEqual([]);
});
