import { Module } from '@nestjs/common';
import { ChangesModule } from '../changes/changes.module.js';
import { BacklogGauges } from './backlog-gauges.js';
import { WebhookKeeper } from './webhook-keeper.js';

/** Sends webhooks, in role worker. */
@Module({
  imports: [ChangesModule],
  providers: [WebhookKeeper, BacklogGauges],
})
export class WebhookSendingModule {}
