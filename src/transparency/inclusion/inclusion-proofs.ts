import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { READS } from '../../platform/postgres/reads.js';
import { toBase64 } from '../formats/bytes.js';
import { inclusionProof } from '../formats/merkle-tree.js';
import { formatTlogProof } from '../formats/tlog-proof.js';
import { LogKeys } from '../log/log-keys.js';
import { tilesIn } from '../log/log-tiles.js';
import { type Published, PublishedLog } from '../publishing/published-log.js';
import { KeptHashes } from './kept-hashes.js';
import { type Claimant, type NotLogged, ownLeaves } from './own-leaves.js';
import { type PersonLeaf, readPersonLeaves } from './person-leaves.js';

/** That a leaf stands in the log. */
export interface LeafProof {
  readonly leaf: string;
  /** A `tlog-proof` text against the newest checkpoint. */
  readonly proof: string;
}

/** All that the log says of one person, and what opens their commitment. */
export interface Inclusion {
  readonly kind: 'logged';
  /** 16 bytes in base64, which only this person may see. */
  readonly nonce: string;
  /** The verifier key of the log. */
  readonly logKey: string;
  /** In order of the log; the first is of the claim. */
  readonly proofs: readonly LeafProof[];
}

/** Proves to people that the log holds what became of their claims (docs/transparency.md#receipts). */
@Injectable()
export class InclusionProofs {
  private readonly hashes: KeptHashes;

  constructor(
    @InjectDataSource(READS) private readonly source: DataSource,
    private readonly published: PublishedLog,
    private readonly keys: LogKeys,
  ) {
    this.hashes = new KeptHashes(tilesIn(source));
  }

  /** Proofs for these people of one campaign, in their order. Their leaves take one statement. */
  async of(campaignId: string, people: readonly Claimant[]): Promise<readonly (Inclusion | NotLogged)[]> {
    const { published: logKey } = this.keys;
    if (logKey === null) return people.map(() => ({ kind: 'never' }));
    const checkpoint = await this.published.checkpoint();
    if (!checkpoint) return people.map(() => ({ kind: 'not-yet' }));
    const numbers = people.map(({ arrivalNo }) => arrivalNo);
    const found = await readPersonLeaves(this.source, campaignId, numbers);
    const answers: (Inclusion | NotLogged)[] = [];
    for (const person of people) {
      const own = ownLeaves(campaignId, person, found, checkpoint.size);
      if (own.kind === 'logged') {
        const proofs = await this.prove(own.leaves, checkpoint);
        answers.push({ kind: 'logged', nonce: toBase64(own.nonce), logKey, proofs });
      } else {
        answers.push(own);
      }
    }
    return answers;
  }

  private async prove(leaves: readonly PersonLeaf[], { size, note }: Published): Promise<LeafProof[]> {
    const proofs: LeafProof[] = [];
    for (const { index, line } of leaves) {
      const hashes = await inclusionProof(this.hashes.of(size), size, index);
      proofs.push({ leaf: line, proof: formatTlogProof({ extra: null, index, hashes, checkpoint: note }) });
    }
    return proofs;
  }
}
