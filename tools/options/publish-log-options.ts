import { declareCommand } from '../command-line/command-declaration.js';
import { httpUrl, text } from '../command-line/value-kinds.js';

export const publishLogCommand = declareCommand({
  name: 'publish-log',
  about:
    'Copies the published log into a folder for a static host: tiles, leaves and lists of who may claim first, the ' +
    'checkpoint last, and only what is new. Run it again as often as you like. docs/transparency.md has the paths.',
  arguments: { kind: text('DIR', 'the path of a folder'), about: 'where the copy is', least: 1, most: 1 },
  options: {
    from: {
      kind: httpUrl('https://give.example.com/v1/transparency'),
      about: 'where the log is published (default: by the running "npm start")',
    },
  },
  environment: {},
  examples: [
    ['npm run publish-log -- public/log', 'copies the log of the running "npm start"'],
    ['npm run publish-log -- public/log --from https://give.example.com/v1/transparency', 'copies another'],
  ],
  exitCodes: {
    0: 'the copy holds everything that is published',
    1: 'no answer, or an unexpected error; of a list that is missing, the rest is copied, and the next run asks again',
    2: 'the command line is wrong, nothing is published, or it does not continue the copy in the folder',
  },
});
