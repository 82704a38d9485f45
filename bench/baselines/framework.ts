// The framework alone: the route, the guard and a constant answer. No Redis, no Postgres. A service on Nest's stock
// adapter can be faster only by bypassing the framework.
import 'reflect-metadata';
import { Controller, Get, Module, Param, Post, Res, UseGuards } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { Response } from 'express';
import { type GrantAnswer, problemType, soldOut } from './answers.js';
import { host, serveBaseline, setting } from './serve-baseline.js';
import { TokenCheck } from './token-check.js';
import { UserGuard, UserId } from './user-guard.js';

const then = new Date().toISOString();
/**
 * A counter in memory chooses between the two constant answers, so that both occur as often as with the other
 * contestants.
 */
let free = 0;

function constant(campaignId: string, userId: string, status: GrantAnswer['status']): GrantAnswer {
  return { campaignId, userId, status, grantSeq: 5_000, arrivalNo: 5_000, createdAt: then, updatedAt: then };
}

@Controller('v1/campaigns/:id/grants')
@UseGuards(UserGuard)
class GrantsController {
  @Post()
  claim(
    @Param('id') campaignId: string,
    @UserId() userId: string,
    @Res({ passthrough: true }) response: Response,
  ): GrantAnswer | typeof soldOut {
    if (free > 0) {
      free -= 1;
      response.status(202);
      return constant(campaignId, userId, 'PENDING');
    }
    response.status(409).type(problemType);
    return soldOut;
  }

  @Get('me')
  read(@Param('id') campaignId: string, @UserId() userId: string): GrantAnswer {
    return constant(campaignId, userId, 'SUCCESS');
  }
}

@Module({
  controllers: [GrantsController],
  providers: [{ provide: TokenCheck, useFactory: () => new TokenCheck(setting('JWT_SECRET')) }],
})
class FrameworkModule {}

serveBaseline(
  NestFactory.create(FrameworkModule, { logger: ['error'] }).then((app) => ({
    listen: (port) => app.listen(port, host),
    fresh: async (capacity) => {
      free = capacity;
    },
  })),
);
