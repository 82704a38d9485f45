import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { findFreePort } from '../../tools/stack/servers/free-port.js';

export interface OpenIdServerOptions {
  readonly clients: readonly { readonly id: string; readonly secret: string }[];
  /** What the provider says of an account, by its name. Whoever is not named here can sign in, too. */
  readonly accounts: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly redirectUris: readonly string[];
}

/** A real OpenID provider (oidc-provider) over HTTP, in a process of its own. Any name signs in with any password. */
export class OpenIdServer {
  private child: ChildProcess | undefined;

  private constructor(
    readonly issuer: string,
    private readonly options: OpenIdServerOptions,
  ) {}

  static async start(options: OpenIdServerOptions): Promise<OpenIdServer> {
    const server = new OpenIdServer(`http://127.0.0.1:${await findFreePort()}`, options);
    await server.startAgain();
    return server;
  }

  /** Starts it at the same address, without what it knew. It must have been stopped. */
  async startAgain(): Promise<void> {
    const options = JSON.stringify({ issuer: this.issuer, ...this.options });
    this.child = spawn(process.execPath, [join(__dirname, 'run-openid-provider.mjs'), options], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let warnings = ''; // of a provider with memory instead of a store
    this.child.stderr?.on('data', (chunk: Buffer) => (warnings += chunk.toString()));
    const ended = once(this.child, 'exit').then(() => {
      throw new Error(`The OpenID provider did not start: ${warnings}`);
    });
    if (this.child.stdout) await Promise.race([once(this.child.stdout, 'data'), ended]);
    ended.catch(() => undefined);
  }

  async stop(): Promise<void> {
    if (this.child?.exitCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await ended;
  }
}
