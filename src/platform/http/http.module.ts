import { Global, Module } from '@nestjs/common';
import { Deadline } from './deadline.js';
import { DirectRoutes } from './direct-routes.js';
import { FailureLog } from './failure-log.js';

@Global()
@Module({
  providers: [Deadline, DirectRoutes, FailureLog],
  exports: [Deadline, DirectRoutes, FailureLog],
})
export class HttpModule {}
