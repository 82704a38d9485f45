import {
  type CanActivate,
  createParamDecorator,
  type ExecutionContext,
  Injectable,
  UnauthorizedException,
} from '@nestjs/common';
import type { Request } from 'express';
import { TokenCheck } from './token-check.js';

type IdentifiedRequest = Request & { userId: string };

/** The token check as a Nest guard. */
@Injectable()
export class UserGuard implements CanActivate {
  constructor(private readonly tokens: TokenCheck) {}

  async canActivate(context: ExecutionContext): Promise<true> {
    const request = context.switchToHttp().getRequest<IdentifiedRequest>();
    const userId = await this.tokens.userOf(request.headers.authorization);
    if (userId === undefined) throw new UnauthorizedException();
    request.userId = userId;
    return true;
  }
}

/** The user that `UserGuard` has identified. */
export const UserId = createParamDecorator(
  (_: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<IdentifiedRequest>().userId,
);
