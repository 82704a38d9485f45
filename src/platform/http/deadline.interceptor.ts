import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { Deadline } from './deadline.js';

/** Answers 503 when an answer takes longer than REQUEST_DEADLINE_MS: see `Deadline`. */
@Injectable()
export class DeadlineInterceptor implements NestInterceptor {
  constructor(private readonly deadline: Deadline) {}

  intercept(_: ExecutionContext, next: CallHandler): Observable<unknown> {
    return from(this.deadline.within(lastValueFrom(next.handle(), { defaultValue: undefined })));
  }
}
