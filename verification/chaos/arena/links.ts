import type { Link } from '../plan/fault-kinds.js';
import { TcpProxy } from '../proxy/tcp-proxy.js';

/** A connection between two processes that can be spoilt. */
export interface NamedProxy {
  readonly link: Link;
  /** The instance of the service at one of its ends. */
  readonly owner: string;
  readonly proxy: TcpProxy;
}

/** Every proxy of a run: each instance has its own to each server, so that one can be cut off alone. */
export class Links {
  private readonly all: NamedProxy[] = [];

  async add(link: Link, owner: string, targetUrl: string): Promise<TcpProxy> {
    const proxy = await TcpProxy.start(Number(new URL(targetUrl).port));
    this.all.push({ link, owner, proxy });
    return proxy;
  }

  /** @param owner `all` for everybody's */
  find(link: Link, owner: string): NamedProxy[] {
    return this.all.filter((named) => named.link === link && (owner === 'all' || named.owner === owner));
  }

  async heal(): Promise<void> {
    await Promise.all(this.all.map(({ proxy }) => proxy.set(null)));
  }

  async close(): Promise<void> {
    await Promise.all(this.all.map(({ proxy }) => proxy.close()));
  }
}
