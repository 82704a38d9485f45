import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { Deadline } from './deadline.js';

/** Declares that a method streams its answer: no deadline applies, because the time depends on the size. */
export const Streamed = Reflector.createDecorator<true>();

/** Answers 503 when a call takes longer than REQUEST_DEADLINE_MS, see `Deadline`. */
@Injectable()
export class DeadlineInterceptor implements NestInterceptor {
  constructor(
    private readonly deadline: Deadline,
    private readonly reflector: Reflector,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (this.reflector.get(Streamed, context.getHandler())) return next.handle();
    return from(this.deadline.within(lastValueFrom(next.handle(), { defaultValue: undefined })));
  }
}
