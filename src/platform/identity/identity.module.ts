import { Global, Module } from '@nestjs/common';
import { MadeUserIds } from './made-user-ids.js';
import { ScopeGuard } from './scope.guard.js';
import { TokenVerifier } from './token-verifier.js';

@Global()
@Module({
  providers: [TokenVerifier, MadeUserIds, ScopeGuard],
  exports: [TokenVerifier, MadeUserIds, ScopeGuard],
})
export class IdentityModule {}
