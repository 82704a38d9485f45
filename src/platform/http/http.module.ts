import { Global, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { Cors } from './cors.js';
import { Deadline } from './deadline.js';
import { DirectRoutes } from './direct-routes.js';
import { FailureLog } from './failure-log.js';

@Global()
@Module({
  imports: [DiscoveryModule],
  providers: [Cors, Deadline, DirectRoutes, FailureLog],
  exports: [Cors, Deadline, DirectRoutes, FailureLog],
})
export class HttpModule {}
