import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { invalidRequest } from '../platform/problems/problem.js';

/** A claim says everything by its token: a body with anything in it is a misunderstanding, and is said to be one. */
@Injectable()
export class NoBodyGuard implements CanActivate {
  canActivate(context: ExecutionContext): true {
    const body: unknown = context.switchToHttp().getRequest<Request>().body;
    if (body === undefined) return true;
    if (typeof body === 'object' && body !== null && !Array.isArray(body) && Object.keys(body).length === 0)
      return true;
    throw invalidRequest('This call takes no body.');
  }
}
