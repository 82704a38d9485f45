import { Global, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { Cors } from './cors.js';
import { Deadline } from './deadline.js';
import { DirectRoutes } from './direct-routes.js';
import { FailureLog } from './failure-log.js';
import { PageOfNothing } from './page-of-nothing.js';

@Global()
@Module({
  imports: [DiscoveryModule],
  providers: [Cors, Deadline, DirectRoutes, FailureLog, PageOfNothing],
  exports: [Cors, Deadline, DirectRoutes, FailureLog, PageOfNothing],
})
export class HttpModule {}
