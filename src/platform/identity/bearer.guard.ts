import { Injectable } from '@nestjs/common';
import { RequestCheck } from '../http/request-check.js';
import type { IdentifiedRequest } from './identity.js';
import { TokenVerifier } from './token-verifier.js';

/** Lets a request through if its bearer token identifies the sender. */
@Injectable()
export class BearerGuard extends RequestCheck {
  constructor(private readonly tokens: TokenVerifier) {
    super();
  }

  check(request: IdentifiedRequest): void | Promise<void> {
    const identity = this.tokens.identify(request.headers.authorization);
    if (identity instanceof Promise)
      return identity.then((known) => {
        request.identity = known;
      });
    request.identity = identity;
  }
}
