import { Global, Module } from '@nestjs/common';
import { AdminGuard } from './admin.guard.js';
import { BearerGuard } from './bearer.guard.js';
import { TokenVerifier } from './token-verifier.js';

@Global()
@Module({
  providers: [TokenVerifier, BearerGuard, AdminGuard],
  exports: [TokenVerifier, BearerGuard, AdminGuard],
})
export class IdentityModule {}
