import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { IdentifiedRequest } from './identity.js';
import { TokenVerifier } from './token-verifier.js';

/** Lets a request through once it is known who sent it. */
@Injectable()
export class BearerGuard implements CanActivate {
  constructor(private readonly tokens: TokenVerifier) {}

  canActivate(context: ExecutionContext): true | Promise<true> {
    const request = context.switchToHttp().getRequest<IdentifiedRequest>();
    const identity = this.tokens.identify(request.headers.authorization);
    if (identity instanceof Promise)
      return identity.then((known) => {
        request.identity = known;
        return true;
      });
    request.identity = identity;
    return true;
  }
}
