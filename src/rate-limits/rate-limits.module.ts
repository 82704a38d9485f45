import { Global, Module } from '@nestjs/common';
import { AddressLimit } from './address-limit.js';
import { AddressLimitGuard } from './address-limit.guard.js';
import { UserLimitGuard } from './user-limit.guard.js';

@Global()
@Module({
  providers: [AddressLimit, AddressLimitGuard, UserLimitGuard],
  exports: [AddressLimit, AddressLimitGuard, UserLimitGuard],
})
export class RateLimitsModule {}
