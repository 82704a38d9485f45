import { equalBytes } from './bytes.js';
import { hasControlCharacter } from './control-characters.js';
import { MalformedFormat } from './malformed-format.js';
import { COSIGNATURE, parseVerifierKey, PLAIN, type VerifierKey } from './note-key.js';

/** C2SP tlog-policy: which logs are trusted, and whose cosignatures a checkpoint needs. */
export interface Policy {
  readonly logs: readonly PolicyLog[];
  readonly witnesses: readonly PolicyWitness[];
  readonly quorum: Quorum;
}

export interface PolicyLog {
  readonly key: VerifierKey;
  readonly url: string | null;
}

export interface PolicyWitness {
  /** Within the policy file alone. */
  readonly name: string;
  readonly key: VerifierKey;
  readonly url: string | null;
}

/** Met by a witness's cosignature, or when at least `threshold` of `members` are met; `none` is 0 of none. */
export type Quorum = PolicyWitness | { readonly threshold: number; readonly members: readonly Quorum[] };

const NONE = 'none';

/**
 * Reads a policy file; keys must be of the types 0x01 (logs) and 0x04 (witnesses).
 * @throws MalformedFormat that quotes the line
 */
export function parsePolicy(text: string): Policy {
  const policy = new PolicyReader();
  for (const line of text.split('\n')) policy.read(line);
  return policy.finish();
}

/** Whether the cosignatures of these keys are enough. */
export function isQuorum(quorum: Quorum, cosigners: readonly VerifierKey[]): boolean {
  if ('key' in quorum) return cosigners.includes(quorum.key);
  return quorum.members.filter((member) => isQuorum(member, cosigners)).length >= quorum.threshold;
}

class PolicyReader {
  readonly #logs: PolicyLog[] = [];
  readonly #witnesses: PolicyWitness[] = [];
  readonly #byName = new Map<string, Quorum>();
  readonly #grouped = new Set<string>();
  #quorum: Quorum | null = null;

  read(line: string): void {
    if (hasControlCharacter(line, '\t')) throw malformed('has a control character', line);
    const [keyword, ...items] = line.split(/[ \t]+/).filter((item) => item !== '');
    if (keyword === undefined || keyword.startsWith('#')) return;
    if (keyword === 'log') this.#readLog(items, line);
    else if (keyword === 'witness') this.#readWitness(items, line);
    else if (keyword === 'group') this.#readGroup(items, line);
    else if (keyword === 'quorum') this.#readQuorum(items, line);
    else throw malformed('has a line of an unknown kind', line);
  }

  finish(): Policy {
    if (!this.#quorum) throw malformed('has no quorum line', 'at its end');
    return { logs: this.#logs, witnesses: this.#witnesses, quorum: this.#quorum };
  }

  #readLog(items: string[], line: string): void {
    const [vkey, url = null, ...rest] = items;
    if (vkey === undefined || rest.length > 0)
      throw malformed('has a line that is not “log <vkey> [<url>]”', line);
    const key = parseVerifierKey(vkey);
    if (key.type !== PLAIN) throw malformed('has a log whose key is not of type 0x01', line);
    checkNew(key, this.#logs, line);
    this.#logs.push({ key, url });
  }

  #readWitness(items: string[], line: string): void {
    const [name, vkey, url = null, ...rest] = items;
    if (name === undefined || vkey === undefined || rest.length > 0)
      throw malformed('has a line that is not “witness <name> <vkey> [<url>]”', line);
    const key = parseVerifierKey(vkey);
    if (key.type !== COSIGNATURE) throw malformed('has a witness whose key is not of type 0x04', line);
    checkNew(key, this.#witnesses, line);
    const witness = { name, key, url };
    this.#define(name, witness, line);
    this.#witnesses.push(witness);
  }

  #readGroup(items: string[], line: string): void {
    const [name, thresholdText, ...names] = items;
    if (name === undefined || thresholdText === undefined || names.length === 0)
      throw malformed('has a line that is not “group <name> all|any|<k> <name>…”', line);
    const threshold = readThreshold(thresholdText, names.length);
    if (threshold === null)
      throw malformed(`has a group that asks for other than 1 to ${names.length}`, line);
    const members = names.map((member) => {
      if (this.#grouped.has(member)) throw malformed(`lists ${member} as a member twice`, line);
      this.#grouped.add(member);
      return this.#find(member, line);
    });
    this.#define(name, { threshold, members }, line);
  }

  #readQuorum(items: string[], line: string): void {
    const [name, ...rest] = items;
    if (name === undefined || rest.length > 0)
      throw malformed('has a line that is not “quorum <name>”', line);
    if (this.#quorum) throw malformed('has a second quorum line', line);
    this.#quorum = name === NONE ? { threshold: 0, members: [] } : this.#find(name, line);
  }

  #define(name: string, meaning: Quorum, line: string): void {
    if (name === NONE || this.#byName.has(name)) throw malformed(`defines ${name} again`, line);
    this.#byName.set(name, meaning);
  }

  #find(name: string, line: string): Quorum {
    const meaning = this.#byName.get(name);
    if (!meaning) throw malformed(`names ${name} before it is defined`, line);
    return meaning;
  }
}

function readThreshold(text: string, members: number): number | null {
  if (text === 'all') return members;
  if (text === 'any') return 1;
  const threshold = /^[0-9]+$/.test(text) ? Number(text) : 0;
  return threshold >= 1 && threshold <= members ? threshold : null;
}

function checkNew(key: VerifierKey, known: readonly { readonly key: VerifierKey }[], line: string): void {
  if (known.some((other) => equalBytes(other.key.publicKey, key.publicKey)))
    throw malformed('lists the same public key twice', line);
}

function malformed(reason: string, where: string): MalformedFormat {
  return new MalformedFormat('policy', `${reason}: ${where.trim()}`);
}
