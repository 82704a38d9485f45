import { Global, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { Deadline } from './deadline.js';
import { DirectRoutes } from './direct-routes.js';
import { FailureLog } from './failure-log.js';

@Global()
@Module({
  imports: [DiscoveryModule],
  providers: [Deadline, DirectRoutes, FailureLog],
  exports: [Deadline, DirectRoutes, FailureLog],
})
export class HttpModule {}
