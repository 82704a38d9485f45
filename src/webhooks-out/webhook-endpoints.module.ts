import { Module } from '@nestjs/common';
import { ChangesModule } from '../changes/changes.module.js';
import { EndpointsController } from './endpoints/endpoints.controller.js';
import { Endpoints } from './endpoints/endpoints.js';

/** What operators say about who is told by webhooks, in role api. */
@Module({
  imports: [ChangesModule],
  providers: [Endpoints],
  controllers: [EndpointsController],
})
export class WebhookEndpointsModule {}
