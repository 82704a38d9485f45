/**
 * The rules that this model can do without, each in the sentence that docs/architecture.md defines it by. Those about connections
 * (R14), owners (R17), clocks (R27) and the budget (R28) speak of what is not modelled.
 */
export const RULES = {
  R1: 'a write under an old epoch writes nothing',
  R2: 'a rebuild commits the next epoch first and reads Postgres afterwards',
  R3: 'a gate whose epoch differs from that of Postgres is rebuilt',
  R4: 'a gate is replaced in one step, and a claim compares the epoch of the data itself',
  R5: 'a freed slot goes to the head of the line',
  R6: 'settling and freeing name both the slot and the user',
  R7: 'the gate remembers everyone who has a row, FAILED included',
  R8: 'a waiting entry counts only while its user has no grant',
  R9: 'the line is ended only when no slot can become free any more, and an ended entry never becomes a grant',
  R10: 'a place in the line that may not be durable has a lease',
  R11: 'a gate is valid only on the server on which it was built',
  R12: '“sold out” is answered only when every place ahead is durable',
  R13: 'the first outcome of a key is final, and “not found” is not a rejection',
  R15: 'a gate records the identity of the database that it was built from',
  R16: 'a round that is lower in Postgres than at the gate means that the database was set back',
  R18: 'whatever the gate holds and Postgres lacks is found',
  R19: 'a script that hands something out, and the reaper, detect that a part of the gate is missing',
  R20: 'a condemned gate is dropped before its successor is staged',
  R21: 'the key of a ring is removed before its work begins',
  R22: 'after a set-back of the database, a payout that may have been made is looked up before anything is sent',
  R23: 'a request that certainly did not reach the provider clears its own attempt only, never an earlier doubt',
  R24: 'the statement that takes a payout reads the stop switch',
  R25: 'leaving the line is final, and only a grant for which nothing was sent can be revoked',
  R26: 'ending a place and promoting it exclude each other',
  R29: 'a finished campaign has no gate, and claims on it are answered from Postgres',
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
