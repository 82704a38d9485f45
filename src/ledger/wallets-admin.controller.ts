import { Body, Get, HttpCode, Param, Patch, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiProperty } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import { Reasoned } from '../platform/admin/operator.js';
import type { IdentifiedRequest } from '../platform/identity/identity.js';
import { NeedsScope } from '../platform/identity/scopes.js';
import { IsUserId } from '../platform/identity/is-user-id.js';
import { AdminController } from '../platform/admin/admin-controller.js';
import { ApiProblems } from '../platform/problems/api-problems.js';
import { Problem } from '../platform/problems/problem.js';
import { IsCurrency } from './is-currency.js';
import { type Wallet, Wallets } from './wallets.js';

const WALLET_STATES = ['OPEN', 'CLOSED'] as const;
type WalletState = (typeof WALLET_STATES)[number];

class WalletPath {
  @IsCurrency()
  readonly currency: string;

  @IsUserId()
  readonly userId: string;
}

class ChangeWalletDto extends Reasoned {
  @ApiProperty({
    enum: WALLET_STATES,
    description: 'CLOSED: payouts to it are rejected. OPEN: they are taken again',
  })
  @IsIn(WALLET_STATES)
  readonly state: WalletState;
}

class WalletView {
  @ApiProperty({ description: 'decimal, 1..2^63-1' })
  readonly userId: string;

  @ApiProperty({ description: 'ISO 4217' })
  readonly currency: string;

  @ApiProperty({
    description:
      'minor units that the ledger holds for the user, without paidByProvider; a string, since it may exceed what a JavaScript number holds',
  })
  readonly balance: string;

  @ApiProperty({
    description:
      'minor units that payout providers have paid to the user and that did not come back, in campaigns that are not archived',
  })
  readonly paidByProvider: string;

  @ApiProperty({ enum: WALLET_STATES, description: 'payouts to a CLOSED wallet are rejected' })
  readonly state: WalletState;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'since when it is closed; null while it is open',
  })
  readonly closedAt: Date | null;
}

@AdminController('v1/wallets')
export class WalletsAdminController {
  constructor(private readonly wallets: Wallets) {}

  @Get(':currency/:userId')
  @NeedsScope('grants:read')
  @ApiParam({ name: 'currency', example: 'KRW', description: 'ISO 4217' })
  @ApiParam({ name: 'userId', type: String, example: '42', description: 'decimal, 1..2^63-1' })
  @ApiOperation({ summary: "A user's wallet" })
  @ApiOkResponse({ type: WalletView, description: 'the wallet as it is now' })
  @ApiProblems('invalid-token', 'forbidden', 'unknown-wallet')
  async read(@Param() { currency, userId }: WalletPath): Promise<WalletView> {
    const wallet = await this.wallets.find(userId, currency);
    if (!wallet) throw new Problem(404, 'unknown-wallet', 'There is no such wallet');
    return toWalletView(wallet);
  }

  @Patch(':currency/:userId')
  @NeedsScope('grants:payouts')
  @ApiParam({ name: 'currency', example: 'KRW', description: 'ISO 4217' })
  @ApiParam({ name: 'userId', type: String, example: '42', description: 'decimal, 1..2^63-1' })
  @HttpCode(200)
  @ApiOperation({
    summary: 'Close a wallet, so that payouts to its user are rejected, whoever makes them, or open it again',
  })
  @ApiOkResponse({ type: WalletView, description: 'the wallet as it is now' })
  @ApiProblems('invalid-token', 'forbidden', 'cross-site')
  async change(
    @Param() { currency, userId }: WalletPath,
    @Body() { state, reason }: ChangeWalletDto,
    @Req() { identity }: IdentifiedRequest,
  ): Promise<WalletView> {
    const operator = { actor: identity.subject, reason };
    const change = state === 'CLOSED' ? 'close' : 'reopen';
    return toWalletView(await this.wallets[change](userId, currency, operator));
  }
}

function toWalletView({ userId, currency, balance, paidByProvider, closedAt }: Wallet): WalletView {
  return { userId, currency, balance, paidByProvider, state: closedAt ? 'CLOSED' : 'OPEN', closedAt };
}
