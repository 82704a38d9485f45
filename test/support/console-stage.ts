import type { Browser } from 'playwright-core';
import { type WatchedPage, openBrowser } from './browser.js';
import { Client } from './client.js';
import { CONSOLE_LOGIN, openConsole, type Viewer } from './console-page.js';
import { type RunningApp, World } from './world.js';

/** A service whose login asks for no password, and a browser that looks at its console. One a test file; close it. */
export class ConsoleStage<Behind extends { close(): Promise<void> } = World> {
  private constructor(
    /** What is closed with it. */
    readonly world: Behind,
    readonly client: Client,
    /** Where the browser finds the service. */
    readonly url: string,
    readonly browser: Browser,
  ) {}

  /** @param variables configuration that differs from the one for tests */
  static async start(variables: Readonly<Record<string, string>> = {}): Promise<ConsoleStage> {
    const world = await World.create({ ...CONSOLE_LOGIN, ...variables });
    return ConsoleStage.at(await world.start('all'), world);
  }

  /** @param app an instance with CONSOLE_LOGIN, of this world */
  static async at<Behind extends { close(): Promise<void> }>(
    app: RunningApp,
    world: Behind,
  ): Promise<ConsoleStage<Behind>> {
    const url = app.url.replace('[::1]', '127.0.0.1');
    return new ConsoleStage(world, new Client(app), url, await openBrowser());
  }

  /** Opens the console in a context of its own. @param path within the console */
  open(path: string, viewer?: Viewer): Promise<WatchedPage> {
    return openConsole(this.browser, this.url, path, viewer);
  }

  /** Closes whatever a test has left open. */
  async clear(): Promise<void> {
    await Promise.all(this.browser.contexts().map((context) => context.close()));
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.world.close();
  }
}
