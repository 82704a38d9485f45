import { Global, Module } from '@nestjs/common';
import { ClaimantSessionController } from './claimant-session.controller.js';
import { ClaimantSessions } from './claimant-sessions.js';
import { ClaimantGuard } from './claimant.guard.js';
import { OperatorSessionController } from './operator-session.controller.js';
import { OperatorSessions } from './operator-sessions.js';
import { OperatorGuard } from './operator.guard.js';
import { OwnSite } from './own-site.js';

const EVERYWHERE = [OwnSite, ClaimantSessions, OperatorSessions, ClaimantGuard, OperatorGuard];

/** Who sends a request: by a bearer token, or by the cookie of a login. */
@Global()
@Module({
  providers: EVERYWHERE,
  exports: EVERYWHERE,
  controllers: [ClaimantSessionController, OperatorSessionController],
})
export class SessionsModule {}
