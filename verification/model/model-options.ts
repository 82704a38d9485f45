import { declareCommand } from '../../tools/command-line/command-declaration.js';
import { oneOf } from '../../tools/command-line/value-kinds.js';
import { configurationNames } from './configurations.js';
import { mutations, rules } from './rules.js';

export const modelCommand = declareCommand({
  name: 'model',
  about:
    'Explores a model of the protocol in every order of steps, then leaves out each rule and breaks each step to ' +
    'see that a promise breaks. docs/protocol-model.md says more.',
  options: {
    deep: { about: 'explores larger configurations too: up to 10 minutes and about 3 GB each' },
    configuration: { kind: oneOf('NAME', configurationNames), about: 'explores this configuration only' },
    without: {
      kind: oneOf('RULE', [...rules, ...mutations]),
      about: 'leaves out this rule, or breaks this step, and prints what happens',
    },
    json: { about: 'prints the results as one line of JSON instead' },
  },
  examples: [
    ['npm run model', 'everything that runs on each commit, with figures'],
    ['npm run model -- --without R6', 'why rule R6 is needed'],
    ['npm run model -- --configuration rush --json', 'one configuration, for a program'],
  ],
  exitCodes: {
    0: 'every promise held, and each rule left out broke one',
    1: 'a promise broke, or leaving out a rule broke none',
  },
});
