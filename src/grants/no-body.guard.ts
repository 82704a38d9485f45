import { Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { RequestCheck } from '../platform/http/request-check.js';
import { invalidRequest } from '../platform/problems/problem.js';

/** The token says everything about a claim, so a body with content is a misunderstanding, and is refused. */
@Injectable()
export class NoBodyGuard extends RequestCheck {
  check({ body }: Request<unknown, unknown, unknown>): void {
    if (body === undefined) return;
    if (typeof body === 'object' && body !== null && !Array.isArray(body) && Object.keys(body).length === 0)
      return;
    throw invalidRequest('This call takes no body.');
  }
}
