/**
 * The rules that the model can leave out, each in the sentence that defines it in docs/architecture.md. Connections
 * (R14), owners (R17), clocks (R27), the budget (R28), providers of campaigns (R30), cookies (R31), logins (R32) and
 * who may claim (R33) are not modelled.
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

/** Ways to break a step that no numbered rule covers. Each must be detected, or the promises check nothing. */
export const MUTATIONS = {
  'answers before COMMIT': 'people are told what the gate decided before it is written',
  'a key per attempt': 'every request to the provider has its own key',
  'a time-out is a rejection': 'a payout without an answer counts as rejected',
  'the reaper frees': 'a slot without a row is freed, not rolled forward',
  'sold out is remembered for ever': 'one check of “sold out” is reused for every later arrival and epoch',
  'pays twice': 'the worker does not check whether a grant is still unpaid',
  'loses what it frees': 'a freed slot is lost',
  'the reaper looks once': 'the reaper never checks again a gate that it once found sound',
  'promotes the last': 'a freed slot goes to the last in the line',
  'pays before it looks':
    'after a reconnect a worker takes payouts before it checks which database it talks to',
  'a pause is an end': 'claims during a pause are answered that the campaign is over',
  'forgets what came back': 'the gate is not told that a settled payout came back',
  'finishes unfenced':
    'a campaign is finished without a new epoch, so that earlier decisions of the gate are still written',
} as const;

export type Mutation = keyof typeof MUTATIONS;

export type Flaw = Rule | Mutation;

export const rules = Object.keys(RULES) as Rule[];
export const mutations = Object.keys(MUTATIONS) as Mutation[];
