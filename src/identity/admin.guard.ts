import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Problem } from '../problems/problem.js';
import { ADMIN_SCOPE, type IdentifiedRequest } from './identity.js';

/** Lets administrators through. Stands behind `BearerGuard`. */
@Injectable()
export class AdminGuard implements CanActivate {
  canActivate(context: ExecutionContext): true {
    const { identity } = context.switchToHttp().getRequest<IdentifiedRequest>();
    if (identity.scopes.includes(ADMIN_SCOPE)) return true;
    throw new Problem(403, 'forbidden', 'Not allowed', { detail: `This needs the scope ${ADMIN_SCOPE}.` });
  }
}
