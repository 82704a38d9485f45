import {
  aboutList,
  aboutLog,
  aboutReceipts,
  aside,
  brokenRules,
  countsOf,
  headline,
  lossesOf,
  remarksOn,
  type Said,
  type Writing,
} from './verdict/describe.js';
import type { Verdict } from './verdict/verdict.js';
import { en } from './words/en.js';

const writing: Writing = {
  number: (n) => n.toLocaleString('en'),
  time: (ms) => new Date(ms).toISOString(),
};

/** Prints the verdict for people. */
export function printVerdict(verdict: Verdict): void {
  console.log(headline(verdict, en));
  for (const line of aboutReceipts(verdict, en, writing)) console.log(line);
  const ofList = aboutList(verdict, en, writing);
  if (ofList !== null) console.log(ofList);
  console.log();
  for (const line of aboutLog(verdict, en, writing)) console.log(line);
  printAll('FAIL', brokenRules(verdict, en, writing));
  for (const campaign of verdict.campaigns) {
    console.log(`\nCampaign ${campaign.campaign}: ${countsOf(campaign, en, writing) ?? 'no terms'}`);
    for (const line of lossesOf(campaign, en, writing)) console.log(`  ${line}`);
    printAll('FAIL', brokenRules(campaign, en, writing));
    printAll('note', remarksOn(campaign, en, writing));
  }
  const more = aside(verdict, en);
  if (more.length > 0) console.log();
  for (const sentence of more) console.log(sentence);
}

function printAll(mark: string, all: readonly Said[]): void {
  for (const { sentence, name, details } of all) {
    console.log(`  ${mark} ${sentence} [${name ?? ''}]`);
    for (const detail of details) console.log(`         ${detail}`);
  }
}

/** The exit code that says the verdict. */
export function exitCodeOf({ conclusion, receipts }: Verdict): number {
  switch (conclusion) {
    case 'proven':
      // Whoever asked whether they are in it has no answer.
      return receipts.some(({ name }) => name === 'other-campaign') ? 4 : 0;
    case 'violated':
      return 1;
    case 'not-proven':
      return 3;
  }
}
