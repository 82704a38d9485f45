import { Logger } from '@nestjs/common';
import { LOG_EVENTS, type LogEvent } from './log-events.js';

const METHODS = { debug: 'debug', info: 'log', warn: 'warn', error: 'error' } as const;

/** Writes log lines of one part of the service, each with its event code. */
export class EventLog {
  private readonly logger: Logger;

  /** @param context the part of the service, in every line */
  constructor(context: string) {
    this.logger = new Logger(context);
  }

  /**
   * @param facts what a reader needs to act on the event. Never a user id, a token, an address or a path: a grant is
   *   named by campaign, slot and arrival number.
   */
  write(event: LogEvent, facts: Readonly<Record<string, unknown>> = {}): void {
    const [level, msg] = LOG_EVENTS[event];
    this.logger[METHODS[level]]({ event, msg, ...facts });
  }
}
