import type { CanActivate, ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';

/** Something that has to be so before a request is served: a guard for Nest, and the same check on a direct route. */
export abstract class RequestCheck implements CanActivate {
  /** @throws Problem when it is not so; a promise only when something has to be waited for */
  abstract check(request: Request): void | Promise<void>;

  canActivate(context: ExecutionContext): true | Promise<true> {
    const pending = this.check(context.switchToHttp().getRequest<Request>());
    return pending ? pending.then(() => true) : true;
  }
}
