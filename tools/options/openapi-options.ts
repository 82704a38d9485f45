import { declareCommand } from '../command-line/command-declaration.js';

export const openapiCommand = declareCommand({
  name: 'openapi',
  about: 'Writes openapi.json from the code. A unit test compares the two.',
  options: {},
  examples: [['npm run openapi', 'after a change to the API']],
  exitCodes: { 0: 'openapi.json is written', 1: 'an unexpected error' },
});
