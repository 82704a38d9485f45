import { Global, Module } from '@nestjs/common';
import { Deadline } from './deadline.js';
import { DirectRoutes } from './direct-routes.js';
import { FailureLog } from './failure-log.js';
import { RushDeadline } from './rush-deadline.js';

@Global()
@Module({
  providers: [Deadline, RushDeadline, DirectRoutes, FailureLog],
  exports: [Deadline, RushDeadline, DirectRoutes, FailureLog],
})
export class HttpModule {}
