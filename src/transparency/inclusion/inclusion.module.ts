import { Module } from '@nestjs/common';
import { LogPublishingModule } from '../log-publishing.module.js';
import { InclusionProofs } from './inclusion-proofs.js';
import { ListOpenings } from './list-openings.js';

/** What claimants can have later: proofs that the log holds what became of their claims, and their places on lists. */
@Module({
  imports: [LogPublishingModule],
  providers: [InclusionProofs, ListOpenings],
  exports: [InclusionProofs, ListOpenings],
})
export class InclusionModule {}
