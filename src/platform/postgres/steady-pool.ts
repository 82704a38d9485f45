import { Pool, type PoolClient, type PoolConfig } from 'pg';
import { NoSessionError } from './postgres-failure.js';
import { Session, type SessionOptions } from './session.js';
import { SilenceWatch } from './silence-watch.js';

export type SteadyPoolOptions = PoolConfig & SessionOptions;

type Taken = (
  error: Error | undefined,
  client: PoolClient | undefined,
  done: (error?: unknown) => void,
) => void;

/**
 * The driver's pool, except that it takes back only sessions that are certainly as good as new (R14), whoever had them:
 * all that was sent has been answered, and no transaction is open. Once a session has failed in a way that casts doubt
 * on its server, the other sessions of that time are not used again either. So a server that is gone, or takes no
 * writes, is left at once, and none of those sessions remain when it is well again.
 */
export class SteadyPool extends Pool {
  private trusted = new WeakSet<PoolClient>();
  private readonly inUse = new Set<Session>();
  private readonly silence: SilenceWatch;
  private readonly hosts: SteadyPoolOptions['hosts'];
  /** The server of the newest session. */
  private home = '';

  constructor(options: SteadyPoolOptions) {
    super({ ...options, Client: Session as unknown as PoolConfig['Client'] });
    this.hosts = options.hosts;
    this.silence = new SilenceWatch(this.inUse, () => this.home, options);
    this.on('connect', (client) => this.welcome(client as unknown as Session));
    this.on('acquire', (client) => {
      this.inUse.add(client as unknown as Session);
      this.silence.begin();
    });
    this.on('release', (error, client) => this.examine(client as unknown as Session, error));
    this.on('error', () => this.distrust()); // of an idle session
  }

  /** @throws NoSessionError */
  override connect(): Promise<PoolClient>;
  override connect(callback: Taken): void;
  override connect(callback?: Taken): Promise<PoolClient> | void {
    const taken = this.take();
    if (!callback) return taken;
    taken.then(
      (client) => callback(undefined, client, (error) => client.release(error as Error | undefined)),
      (error: unknown) => callback(error as Error, undefined, () => undefined),
    );
  }

  /** Tries each server once, if it must; returns no session that is no longer trusted. */
  private async take(): Promise<PoolClient> {
    for (let attempt = 1; ;) {
      const asked = this.hosts.current;
      try {
        const client = await super.connect();
        if (this.trusted.has(client)) return client;
        (client as unknown as Session).close();
        client.release();
      } catch (error) {
        if (this.hosts.current === asked || attempt === this.hosts.count) throw new NoSessionError(error);
        attempt++;
      }
    }
  }

  private welcome(session: Session): void {
    if (this.home !== session.url) this.distrust();
    this.home = session.url;
    this.trusted.add(session as unknown as PoolClient);
  }

  private examine(session: Session, error: unknown): void {
    this.inUse.delete(session);
    if (error || session.isSpoilt) this.distrust();
    if (!session.isAtRest || !this.trusted.has(session as unknown as PoolClient)) session.close();
  }

  private distrust(): void {
    this.trusted = new WeakSet();
  }
}
