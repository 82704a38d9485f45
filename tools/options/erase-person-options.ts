import { declareCommand } from '../command-line/command-declaration.js';
import { text } from '../command-line/value-kinds.js';
import { databaseVariable } from './found-servers.js';

export const erasePersonCommand = declareCommand({
  name: 'erase-person',
  about:
    'Erases who somebody is: the link from their account at the login provider to their user id. What the books hold ' +
    'under that id stays. docs/retention.md says what that is.',
  options: {
    issuer: { kind: text('URL', "the iss of the provider's ID token"), about: 'the provider of the login' },
    subject: { kind: text('SUB', "the sub of the provider's ID token"), about: 'the account of the person' },
    reason: { kind: text('TEXT', 'a sentence'), about: 'why; kept in the trail, so name nobody in it' },
  },
  environment: databaseVariable,
  examples: [
    [
      `npm run erase-person -- --issuer https://id.example --subject 8f14e45f --reason "request 17"`,
      'all three are required',
    ],
  ],
  exitCodes: {
    0: 'the person is erased, or was not known',
    1: 'no server, or an unexpected error',
    2: 'the command line is wrong',
  },
});
