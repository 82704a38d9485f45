import { Module } from '@nestjs/common';
import { ClaimantLoginController } from './claimant-login.controller.js';
import { LoginFlows } from './login-flows.js';
import { OperatorLoginController } from './operator-login.controller.js';
import { UserIds } from './user-ids.js';

/** How browsers sign in: at an OpenID provider or, while developing, by choice. */
@Module({
  providers: [LoginFlows, UserIds],
  controllers: [ClaimantLoginController, OperatorLoginController],
})
export class LoginModule {}
