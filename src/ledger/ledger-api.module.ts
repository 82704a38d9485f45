import { Module } from '@nestjs/common';
import { WalletsController } from './wallets-admin.controller.js';
import { Wallets } from './wallets.js';

@Module({ providers: [Wallets], controllers: [WalletsController] })
export class LedgerApiModule {}
