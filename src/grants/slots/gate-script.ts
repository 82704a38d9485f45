import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GATE_LAYOUT } from './gate-layout.js';
import type { RequestRedis } from '../../platform/redis/request-redis.js';

type Argument = string | number;

/**
 * A Lua script beside this file, known to Redis by the SHA of its text. All campaigns share one text, so there are few.
 */
export class GateScript {
  private readonly sha: string;

  private constructor(private readonly text: string) {
    this.sha = createHash('sha1').update(text).digest('hex');
  }

  /** @param name the file's name under `scripts/`, without `.lua` */
  static read(name: string): GateScript {
    const text = textOf(name).replace('-- @include layout\n', () => textOf('layout'));
    return new GateScript(text.replaceAll('{{layout}}', String(GATE_LAYOUT)));
  }

  /** Calls the script by its SHA and never sends its text: fails with NOSCRIPT unless it was loaded before. */
  callLoaded(redis: RequestRedis, keys: readonly string[], args: readonly Argument[]): Promise<unknown> {
    return redis.evalsha(this.sha, keys.length, ...keys, ...args);
  }

  /**
   * Calls the script by its SHA, or by its text if the server does not know it. The text loads it into the very server
   * that holds the keys: SCRIPT LOAD names no key, so in a cluster it would reach any node.
   */
  async call(redis: RequestRedis, keys: readonly string[], args: readonly Argument[]): Promise<unknown> {
    try {
      return await this.callLoaded(redis, keys, args);
    } catch (error) {
      if (!isNoScript(error)) throw error;
      return redis.eval(this.text, keys.length, ...keys, ...args);
    }
  }
}

function textOf(name: string): string {
  return readFileSync(join(__dirname, 'scripts', `${name}.lua`), 'utf8');
}

/** Whether a server answered that it doesn't know the script: it was restarted, replaced or flushed. */
export function isNoScript(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('NOSCRIPT');
}
