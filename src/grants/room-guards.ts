import { Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { RequestCheck } from '../platform/http/request-check.js';
import { ClaimGathering } from './claims/claim-gathering.js';
import { ProofGathering } from './claims/proof-gathering.js';
import { StatusGathering } from './claims/status-gathering.js';

type CampaignRequest = Request<{ id: string }>;

/**
 * Turns claims away while there is no room for them, before anything else is looked at, through Nest and on the direct
 * route alike.
 */
@Injectable()
export class ClaimRoomGuard extends RequestCheck {
  constructor(private readonly claims: ClaimGathering) {
    super();
  }

  check({ params }: CampaignRequest): void {
    this.claims.admit(params.id);
  }
}

/** The same for status reads. They have room of their own, so that stuck claims do not keep anybody from reading. */
@Injectable()
export class StatusRoomGuard extends RequestCheck {
  constructor(private readonly reads: StatusGathering) {
    super();
  }

  check({ params }: CampaignRequest): void {
    this.reads.admit(params.id);
  }
}

/** The same for proofs, which take more work than other reads, and have less room. */
@Injectable()
export class ProofRoomGuard extends RequestCheck {
  constructor(private readonly proofs: ProofGathering) {
    super();
  }

  check({ params }: CampaignRequest): void {
    this.proofs.admit(params.id);
  }
}
