import type { Link } from '../plan/fault-kinds.js';
import { ownersOf } from '../plan/footprint.js';
import { TcpProxy } from '../proxy/tcp-proxy.js';

/** A proxied connection between two processes, in which faults can be injected. */
export interface NamedProxy {
  readonly link: Link;
  /** The instance of the service at one of its ends. */
  readonly owner: string;
  readonly proxy: TcpProxy;
}

/** All proxies of a run. Each instance has its own proxy to each server, so that it can be cut off alone. */
export class Links {
  private readonly all: NamedProxy[] = [];

  async add(link: Link, owner: string, targetUrl: string): Promise<TcpProxy> {
    const proxy = await TcpProxy.start(Number(new URL(targetUrl).port));
    this.all.push({ link, owner, proxy });
    return proxy;
  }

  /** @param target as in `PlannedFault`; `busiest`: all of which it may be one */
  find(link: Link, target: string): NamedProxy[] {
    const owners = ownersOf(link, target);
    return this.all.filter((named) => named.link === link && owners.includes(named.owner));
  }

  async heal(): Promise<void> {
    await Promise.all(this.all.map(({ proxy }) => proxy.set(null)));
  }

  async close(): Promise<void> {
    await Promise.all(this.all.map(({ proxy }) => proxy.close()));
  }
}
