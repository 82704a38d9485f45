import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { IdentifiedRequest } from './identity.js';
import { TokenVerifier } from './token-verifier.js';

/** Lets a request through once it is known who sent it. */
@Injectable()
export class BearerGuard implements CanActivate {
  constructor(private readonly tokens: TokenVerifier) {}

  async canActivate(context: ExecutionContext): Promise<true> {
    const request = context.switchToHttp().getRequest<IdentifiedRequest>();
    request.identity = await this.tokens.identify(request.headers.authorization);
    return true;
  }
}
