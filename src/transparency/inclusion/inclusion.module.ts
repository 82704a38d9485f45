import { Module } from '@nestjs/common';
import { LogPublishingModule } from '../log-publishing.module.js';
import { InclusionProofs } from './inclusion-proofs.js';

/** What claimants can have later: proofs that the log holds what became of their claims. */
@Module({
  imports: [LogPublishingModule],
  providers: [InclusionProofs],
  exports: [InclusionProofs],
})
export class InclusionModule {}
