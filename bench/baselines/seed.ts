// The textbook design, literally: RPOPLPUSH from available to processing, an INSERT per request, a job per request, and
// a worker with a transaction per job that takes the slot out of processing (LREM).
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
import { type GrantAnswer, problemType, soldOut } from './answers.js';
import { SeedDatabase } from './seed/seed-database.js';
import { SeedPayouts } from './seed/seed-payouts.js';
import { SeedSlots } from './seed/seed-slots.js';
import { host, serveBaseline, setting } from './serve-baseline.js';
import { TokenCheck } from './token-check.js';
import { UserGuard, UserId } from './user-guard.js';

type Outcome =
  { readonly kind: 'accepted' | 'known'; readonly grant: GrantAnswer } | { readonly kind: 'sold-out' };

@Injectable()
class SeedClaims {
  constructor(
    private readonly slots: SeedSlots,
    private readonly database: SeedDatabase,
    private readonly payouts: SeedPayouts,
  ) {}

  async claim(userId: string): Promise<Outcome> {
    const slot = await this.slots.take();
    if (slot === undefined) return { kind: 'sold-out' };
    const grant = await this.database.insert(userId, slot);
    if (grant === undefined) {
      await this.slots.putBack(slot);
      const known = await this.database.find(userId);
      if (known === undefined) throw new Error('An existing grant has disappeared.');
      return { kind: 'known', grant: known };
    }
    await this.payouts.order(userId, slot);
    return { kind: 'accepted', grant };
  }

  async fresh(capacity: number): Promise<void> {
    await this.payouts.forget();
    await this.database.begin();
    await this.slots.fill(capacity);
  }
}

@Controller('v1/campaigns/:id/grants')
@UseGuards(UserGuard)
class GrantsController {
  constructor(
    private readonly claims: SeedClaims,
    private readonly database: SeedDatabase,
  ) {}

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
    const grant = await this.database.find(userId);
    if (grant === undefined) throw new NotFoundException();
    return { ...grant, campaignId };
  }
}

@Module({
  controllers: [GrantsController],
  providers: [
    SeedClaims,
    SeedDatabase,
    SeedPayouts,
    SeedSlots,
    { provide: TokenCheck, useFactory: () => new TokenCheck(setting('JWT_SECRET')) },
  ],
})
class SeedModule {}

serveBaseline(
  NestFactory.create(SeedModule, { logger: ['error'] }).then((app) => ({
    listen: (port) => app.listen(port, host),
    fresh: (capacity) => app.get(SeedClaims).fresh(capacity),
    payouts: {
      unpaid: () => app.get(SeedSlots).inProcessing(),
      paid: () => app.get(SeedDatabase).paid(),
    },
  })),
);
