import { Module } from '@nestjs/common';
import { LogKeys } from './log/log-keys.js';
import { CampaignProof } from './publishing/campaign-proof.js';
import { CommittedList } from './publishing/committed-list.js';
import { LogController } from './publishing/log.controller.js';
import { ProofController } from './publishing/proof.controller.js';
import { PublishedLog } from './publishing/published-log.js';

/** Publishes the log of a fair order, in role api. */
@Module({
  providers: [LogKeys, PublishedLog, CampaignProof, CommittedList],
  controllers: [LogController, ProofController],
  exports: [LogKeys, PublishedLog],
})
export class LogPublishingModule {}
