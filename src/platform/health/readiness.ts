import { Injectable } from '@nestjs/common';

/** @returns why the instance must not get traffic, in words for an operator; null if it may */
export type ReadinessCheck = () => string | null | Promise<string | null>;

/** The conditions for an instance to get traffic. Each part of the service adds its own check. */
@Injectable()
export class Readiness {
  private readonly checks = new Map<string, ReadinessCheck>();

  /** @param name the check's key in the answer of `/health/ready`; unique */
  add(name: string, check: ReadinessCheck): void {
    this.checks.set(name, check);
  }

  /** All checks, in the order in which they were added. */
  all(): readonly (readonly [name: string, check: ReadinessCheck])[] {
    return [...this.checks];
  }
}
