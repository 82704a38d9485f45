import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { type Observable, throwError, timeout } from 'rxjs';
import { Environment } from '../config/environment.js';
import { unavailable } from '../problems/problem.js';

/** Answers 503 when an answer takes longer than REQUEST_DEADLINE_MS. What was begun goes on; asking again finds it. */
@Injectable()
export class DeadlineInterceptor implements NestInterceptor {
  constructor(private readonly environment: Environment) {}

  intercept(_: ExecutionContext, next: CallHandler): Observable<unknown> {
    const late = (): Observable<never> => throwError(() => unavailable('No answer within the deadline.'));
    return next.handle().pipe(timeout({ first: this.environment.REQUEST_DEADLINE_MS, with: late }));
  }
}
