import { Injectable } from '@nestjs/common';

/** @returns why the instance must not get traffic, in words for an operator; null when nothing speaks against it */
export type ReadinessCheck = () => string | null | Promise<string | null>;

/** What has to be so before an instance gets traffic. Each part of the service adds what it knows about itself. */
@Injectable()
export class Readiness {
  private readonly checks = new Map<string, ReadinessCheck>();

  /** @param name as it stands in the answer of `/health/ready`; once each */
  add(name: string, check: ReadinessCheck): void {
    this.checks.set(name, check);
  }

  /** In the order in which they were added. */
  all(): readonly (readonly [name: string, check: ReadinessCheck])[] {
    return [...this.checks];
  }
}
