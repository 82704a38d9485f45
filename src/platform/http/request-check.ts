import type { CanActivate, ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';

/** A check that a request must pass before it is served: a guard for Nest, and the same check on a direct route. */
export abstract class RequestCheck implements CanActivate {
  /** @returns a promise only if something has to be awaited. @throws Problem when the check fails */
  abstract check(request: Request): void | Promise<void>;

  canActivate(context: ExecutionContext): true | Promise<true> {
    const pending = this.check(context.switchToHttp().getRequest<Request>());
    return pending ? pending.then(() => true) : true;
  }
}
