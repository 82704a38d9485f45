import { Module } from '@nestjs/common';
import { WalletsAdminController } from './wallets-admin.controller.js';
import { Wallets } from './wallets.js';

@Module({ providers: [Wallets], controllers: [WalletsAdminController] })
export class LedgerApiModule {}
