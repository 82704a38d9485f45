const otherwise = 'default: what the running "npm start" uses';

/** Where operators' commands find Postgres. For the help. */
export const databaseVariable = { DATABASE_URL: `Postgres (${otherwise})` } as const;

/** Where operators' commands find Postgres and Redis. For the help. */
export const serverVariables = { ...databaseVariable, REDIS_URL: `Redis (${otherwise})` } as const;

/** How tokens are signed. For the help. */
export const tokenVariables = {
  JWT_SECRET: 'signs the tokens: the first of its secrets (default: that of "npm start")',
  'JWT_ISSUER, JWT_AUDIENCE': 'claims of the tokens, as the service expects them',
  JWT_USER_CLAIM: 'the claim that names the user (default: sub)',
} as const;
