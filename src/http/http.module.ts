import { Global, Module } from '@nestjs/common';
import { Backlog } from './backlog.js';
import { Deadline } from './deadline.js';
import { DirectRoutes } from './direct-routes.js';
import { FailureLog } from './failure-log.js';

@Global()
@Module({
  providers: [Backlog, Deadline, DirectRoutes, FailureLog],
  exports: [Backlog, Deadline, DirectRoutes, FailureLog],
})
export class HttpModule {}
