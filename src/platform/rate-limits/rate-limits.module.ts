import { Global, Module } from '@nestjs/common';
import { AddressLimit } from './address-limit.js';
import { AddressLimitGuard } from './address-limit.guard.js';
import { UserLimit } from './user-limit.js';
import { UserLimitGuard } from './user-limit.guard.js';

@Global()
@Module({
  providers: [AddressLimit, AddressLimitGuard, UserLimit, UserLimitGuard],
  exports: [AddressLimit, AddressLimitGuard, UserLimit, UserLimitGuard],
})
export class RateLimitsModule {}
