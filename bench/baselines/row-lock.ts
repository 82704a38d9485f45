// Postgres alone: the campaign's row is the counter, and its row lock is the queue. One transaction per claim.
import 'reflect-metadata';
import {
  Controller,
  Get,
  Injectable,
  Module,
  NotFoundException,
  Param,
  Post,
  Res,
  UseGuards,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { Response } from 'express';
import { DatabaseError, Pool, type PoolClient } from 'pg';
import { type GrantAnswer, problemType, soldOut } from './answers.js';
import { host, serveBaseline, setting } from './serve-baseline.js';
import { TokenCheck } from './token-check.js';
import { UserGuard, UserId } from './user-guard.js';

const schema = `
  DROP TABLE IF EXISTS grants, campaigns;
  CREATE TABLE campaigns (id text PRIMARY KEY, capacity int NOT NULL, remaining int NOT NULL CHECK (remaining >= 0));
  CREATE TABLE grants (
    campaign_id text NOT NULL REFERENCES campaigns, user_id bigint NOT NULL, grant_seq int NOT NULL,
    status text NOT NULL DEFAULT 'PENDING',
    created_at timestamptz NOT NULL DEFAULT now(), updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (campaign_id, user_id), UNIQUE (campaign_id, grant_seq)
  )`;

const columns = `campaign_id AS "campaignId", user_id AS "userId", status, grant_seq AS "grantSeq",
  grant_seq AS "arrivalNo", created_at AS "createdAt", updated_at AS "updatedAt"`;
const uniqueViolation = '23505';

type Outcome =
  { readonly kind: 'accepted' | 'known'; readonly grant: GrantAnswer } | { readonly kind: 'sold-out' };

@Injectable()
class RowLockClaims {
  private readonly pool = new Pool({ connectionString: setting('DATABASE_URL') });

  async claim(userId: string): Promise<Outcome> {
    const client = await this.pool.connect();
    try {
      await client.query('BEGIN');
      const outcome = await this.claimIn(client, userId);
      await client.query(outcome.kind === 'accepted' ? 'COMMIT' : 'ROLLBACK');
      return outcome.kind === 'sold-out' ? ((await this.known(client, userId)) ?? outcome) : outcome;
    } catch (error) {
      await client.query('ROLLBACK');
      const isKnown = error instanceof DatabaseError && error.code === uniqueViolation;
      const known = isKnown ? await this.known(client, userId) : undefined;
      if (known === undefined) throw error;
      return known;
    } finally {
      client.release();
    }
  }

  async find(userId: string, connection: Pool | PoolClient = this.pool): Promise<GrantAnswer | undefined> {
    const { rows } = await connection.query<GrantAnswer>(
      `SELECT ${columns} FROM grants WHERE campaign_id = 'default' AND user_id = $1`,
      [userId],
    );
    return rows[0];
  }

  async fresh(capacity: number): Promise<void> {
    await this.pool.query(schema);
    await this.pool.query(`INSERT INTO campaigns VALUES ('default', $1, $1)`, [capacity]);
  }

  private async claimIn(client: PoolClient, userId: string): Promise<Outcome> {
    const taken = await client.query<{ seq: number }>(
      `UPDATE campaigns SET remaining = remaining - 1 WHERE id = 'default' AND remaining > 0
       RETURNING capacity - remaining AS seq`,
    );
    const slot = taken.rows[0];
    if (slot === undefined) return { kind: 'sold-out' };
    const { rows } = await client.query<GrantAnswer>(
      `INSERT INTO grants (campaign_id, user_id, grant_seq) VALUES ('default', $1, $2) RETURNING ${columns}`,
      [userId, slot.seq],
    );
    const [grant] = rows;
    if (grant === undefined) throw new Error('An INSERT returned no row.');
    return { kind: 'accepted', grant };
  }

  /** Uses the connection that is already held: requesting a second one while all are in use would deadlock. */
  private async known(client: PoolClient, userId: string): Promise<Outcome | undefined> {
    const grant = await this.find(userId, client);
    return grant && { kind: 'known', grant };
  }
}

@Controller('v1/campaigns/:id/grants')
@UseGuards(UserGuard)
class GrantsController {
  constructor(private readonly claims: RowLockClaims) {}

  @Post()
  async claim(
    @UserId() userId: string,
    @Res({ passthrough: true }) response: Response,
  ): Promise<GrantAnswer | typeof soldOut> {
    const outcome = await this.claims.claim(userId);
    if (outcome.kind === 'sold-out') {
      response.status(409).type(problemType);
      return soldOut;
    }
    response.status(outcome.kind === 'accepted' ? 202 : 200);
    return outcome.grant;
  }

  @Get('me')
  async read(@Param('id') campaignId: string, @UserId() userId: string): Promise<GrantAnswer> {
    const grant = await this.claims.find(userId);
    if (grant === undefined) throw new NotFoundException();
    return { ...grant, campaignId };
  }
}

@Module({
  controllers: [GrantsController],
  providers: [
    RowLockClaims,
    { provide: TokenCheck, useFactory: () => new TokenCheck(setting('JWT_SECRET')) },
  ],
})
class RowLockModule {}

serveBaseline(
  NestFactory.create(RowLockModule, { logger: ['error'] }).then((app) => ({
    listen: (port) => app.listen(port, host),
    fresh: (capacity) => app.get(RowLockClaims).fresh(capacity),
  })),
);
