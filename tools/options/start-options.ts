import { declareCommand } from '../command-line/command-declaration.js';

const variables = {
  PORT: 'the port to listen on, from 1 to 65535 (default: 3000)',
  HOST: 'the address to listen on (default: 127.0.0.1)',
  APP_ROLE: 'what the instance runs: api, worker or all (default: all)',
  DEV_LOGIN: 'false: no login without a password (default: true when HOST is loopback, outside production)',
  'DATABASE_URL, REDIS_URL': 'use these servers and start none of our own',
  '…': 'every variable of the service: .env.example lists them; a file .env is read too',
} as const;

const exitCodes = {
  0: 'it was stopped by Ctrl-C or SIGTERM',
  1: 'it could not start, or the service ended by itself',
} as const;

export const startCommand = declareCommand({
  name: 'start',
  about:
    'Starts the service with a PostgreSQL and a Redis of its own (data in .data/), brings the schema up to date, ' +
    'and prints a first request. A second one uses the servers of the first.',
  options: {},
  environment: variables,
  examples: [
    ['npm start', 'the service on http://127.0.0.1:3000'],
    ['APP_ROLE=worker PORT=3001 npm start', 'in another terminal: a worker on the same servers'],
  ],
  exitCodes,
});

export const devCommand = declareCommand({
  name: 'dev',
  about:
    'npm start in watch mode: compiles and restarts the service when a source changes. The inspector listens on ' +
    '127.0.0.1:9229.',
  options: {},
  environment: variables,
  examples: [
    ['npm run dev', 'the service, restarted on each change'],
    ['APP_ROLE=worker PORT=3001 npm run dev', 'a worker only'],
  ],
  exitCodes,
});
