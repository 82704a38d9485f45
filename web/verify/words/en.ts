import { en as verdict } from '../../../verification/verifier/words/en.js';
import type { PageWords } from './words.js';

export const en: PageWords = {
  language: 'en',
  verdict,

  title: 'Was it first come, first served?',
  lead: 'Check the proof of a campaign yourself. It is checked here, on your device: nothing is sent, and this page also works when it was saved and the network is off.',
  proof: 'Proof of the campaign',
  proofHint: 'The file that the organiser publishes for the campaign.',
  receipt: 'Your receipt, if you have one',
  receiptHint: 'What you got when you claimed, or what says that you are on the list.',
  more: 'For those who want to be sure',
  list: 'List of who may claim, if the campaign has one',
  key: 'Key of the log, from elsewhere',
  policy: 'Policy: which witnesses count',
  also: 'Checkpoint that somebody else was shown',
  check: 'Check',
  checking: (percent) => `Checking: ${percent}`,
  chooseProof: 'Choose the proof first.',
  unusable: 'This can not be checked',
  because: (reason) => reason,

  broken: 'What breaks the rules',
  remarks: 'Worth knowing',
  aside: 'To keep in mind',
  campaign: (name) => `Campaign ${name}`,

  picture: 'The order',
  order: 'Who got it, in the order in which people came',
  orderOf: (people, parts) =>
    `${people} people from left to right, in ${parts} parts. The table below has the numbers.`,
  overTime: 'How many had come, over time',
  overTimeOf: (people, seconds) => `${people} people in ${seconds} seconds.`,
  outcomes: {
    paid: 'paid',
    promoted: 'paid after waiting',
    failed: 'not paid',
    left: 'left the line',
    ended: 'waited in vain',
    open: 'still open',
    restored: 'lost',
  },
  asTable: 'The same as a table',
  places: 'Places',
  after: 'Came within',
  seconds: (seconds) => `${seconds} s`,

  limits: 'What a check does not show',
  limitsText: [
    'Whether people were slowed down before they got a number, or got no answer at all.',
    'Whether all who came are real people, and each came only once: anybody, the operator too, may have several accounts.',
    'Whether somebody was left out who brings no receipt, unless you have an earlier checkpoint or witnesses cosigned one.',
    'Whether the times are true: the operator writes them, and only cosignatures of witnesses or time stamps bound them.',
    'Whether everybody is shown the same log, unless independent witnesses cosigned it.',
    'Whether a payment that is called failed could have been made.',
  ],
};
