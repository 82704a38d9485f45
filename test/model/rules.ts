/**
 * The rules of the design that this model can do without, in short; in full they are in docs/rules.md. Those about connections (R14),
 * owners (R17), clocks (R27) and the budget (R28) speak of what is not modelled.
 */
export const RULES = {
  R1: 'a write that carries an old epoch writes nothing',
  R2: 'a rebuild raises the epoch first, and reads Postgres after that',
  R3: 'a gate whose epoch is not that of Postgres is rebuilt',
  R4: 'a gate is replaced in one step, and a claim looks at the epoch of the data',
  R5: 'a slot that comes free is the first one’s in line',
  R6: 'settling and freeing name slot and user',
  R7: 'the gate remembers everybody who has a row, FAILED too',
  R8: 'an entry of the line counts only while its user has no grant',
  R9: 'the line ends when no slot can come free any more, and who was told so gets none',
  R10: 'a place in the line that may not be durable has a lease',
  R11: 'a gate belongs to the server that it was built on',
  R12: '“sold out” waits until every place ahead is durable',
  R13: 'a provider’s first outcome is final, and “not found” is no rejection',
  R15: 'a gate names the database that it was built from',
  R16: 'a round of Postgres that is lower than the gate’s says that the database was set back',
  R18: 'whatever the gate holds and Postgres lacks is found',
  R19: 'a script that hands something out, and the reaper, notice that a part of the gate is gone',
  R20: 'a condemned gate is dropped before its successor is staged',
  R21: 'a ring’s key is taken away before its work is begun',
  R22: 'after the database was set back, what may have been paid is looked up before anything is sent',
  R23: 'what was surely not sent clears this attempt, never an earlier doubt',
  R24: 'the statement that takes a payout reads the switch',
  R25: 'leaving the line is final, and only what was never sent is revoked',
  R26: 'who ends a line excludes claims and promotions while it does so',
  R29: 'a finished campaign has no gate, and who asks is answered from Postgres',
} as const;

export type Rule = keyof typeof RULES;

/** Ways to break a step that no rule has a number for. Each must be seen, or the promises do not bite. */
export const MUTATIONS = {
  'answers before COMMIT': 'people are told what the gate decided, and then it is written',
  'a key per attempt': 'every request to the provider has a key of its own',
  'a time-out is a rejection': 'a payout whose answer did not come is taken for rejected',
  'the reaper frees': 'a slot without a row is freed, not rolled forward',
  'sold out is remembered for ever': 'one check of “sold out” is good for every later arrival and epoch',
  'pays twice': 'the worker does not look whether a grant is still to be paid',
  'loses what it frees': 'a slot that comes free goes nowhere',
  'the reaper looks once': 'it goes on with a gate that it has once found sound, while nobody asks',
  'promotes the last': 'a slot that comes free is the last one’s in line',
  'pays before it looks':
    'a worker takes payouts of a database that it has just been led to, before it asked which it is',
  'a pause is an end': 'who asks during a pause is told that the campaign is over',
  'forgets what came back': 'the gate is not told of a payout that came back after it was settled',
  'finishes unfenced':
    'a campaign is finished without a new epoch, so that what the gate has decided is still written',
} as const;

export type Mutation = keyof typeof MUTATIONS;

export type Flaw = Rule | Mutation;

export const rules = Object.keys(RULES) as Rule[];
export const mutations = Object.keys(MUTATIONS) as Mutation[];
