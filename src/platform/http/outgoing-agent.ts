import { Agent } from 'undici';
import { boundedLookup } from './name-lookups.js';

interface OutgoingAgentOptions {
  /** Of one answer; a larger one is an error. */
  readonly mostBytes: number;
  /** To one server at the same time; default: as many as there are calls. */
  readonly connections?: number;
  /** For making a connection, in ms; default: 10,000. */
  readonly connectMs?: number;
}

/**
 * The connections of calls to somebody else's server. Names are looked up within the threads that are there for all of
 * them (`name-lookups.ts`): a call that gives up frees no thread, so servers of names that keep silent could take all
 * four of the process, one call after the other.
 */
export function outgoingAgent({ mostBytes, connections, connectMs }: OutgoingAgentOptions): Agent {
  return new Agent({
    ...(connections === undefined ? {} : { connections }),
    pipelining: 1,
    maxResponseSize: mostBytes,
    connect: {
      ...(connectMs === undefined ? {} : { timeout: connectMs }),
      lookup: boundedLookup((found) => found),
    },
  });
}
