/** The families of figures for `npm run bench -- <family>`. */
export const familyNames = [
  'rush',
  'capacity',
  'memory',
  'start',
  'overload',
  'tracing',
  'log',
  'pages',
  'fleet',
  'connections',
  'campaigns',
  'quiet',
  'refusals',
  'provider',
] as const;
export type FamilyName = (typeof familyNames)[number];
