import { Global, Module } from '@nestjs/common';
import { ScopeGuard } from './scope.guard.js';
import { TokenVerifier } from './token-verifier.js';

@Global()
@Module({
  providers: [TokenVerifier, ScopeGuard],
  exports: [TokenVerifier, ScopeGuard],
})
export class IdentityModule {}
