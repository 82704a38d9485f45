import { Global, Module } from '@nestjs/common';
import { AddressLimitGuard } from './address-limit.guard.js';
import { UserLimitGuard } from './user-limit.guard.js';

@Global()
@Module({
  providers: [AddressLimitGuard, UserLimitGuard],
  exports: [AddressLimitGuard, UserLimitGuard],
})
export class RateLimitsModule {}
