import { ApiProperty } from '@nestjs/swagger';
import { OPERATOR_SCOPES, type OperatorScope } from '../config/scopes-by-claim.js';

/** A claimant who is signed in, as a page sees them. */
export interface SignedInUserView {
  readonly userId: string;
  readonly name: string | null;
  readonly expiresAt: string;
}

/** An operator who is signed in, as the console sees them. */
export interface SignedInOperatorView {
  readonly id: string;
  readonly name: string | null;
  readonly scopes: readonly OperatorScope[];
  readonly expiresAt: string;
}

const NAME = {
  type: 'string',
  nullable: true,
  description: 'what the OpenID provider calls this person, to be shown; null if it says nothing',
} as const;

export class ClaimantSessionView {
  @ApiProperty({
    type: 'object', // in place: a reference cannot be nullable in OpenAPI 3.0
    nullable: true,
    description: 'who is signed in; null: nobody',
    selfRequired: true,
    required: ['userId', 'name', 'expiresAt'],
    properties: {
      userId: {
        type: 'string',
        description: 'decimal in 1..2^63-1: who claims with this cookie',
        example: '42',
      },
      name: NAME,
      expiresAt: { type: 'string', format: 'date-time', description: 'when the login ends by itself' },
    },
  })
  readonly user: SignedInUserView | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description:
      'the path to lead the browser to for signing in, by a link; add `?returnTo=` and a path to come back to. ' +
      'Null: this installation has no login',
    example: '/login',
  })
  readonly loginUrl: string | null;
}

export class OperatorSessionView {
  @ApiProperty({
    type: 'object',
    nullable: true,
    description: 'the operator who is signed in; null: nobody',
    selfRequired: true,
    required: ['id', 'name', 'scopes', 'expiresAt'],
    properties: {
      id: {
        type: 'string',
        description: 'the name under which the trail records what this operator does',
      },
      name: NAME,
      scopes: {
        type: 'array',
        items: { type: 'string', enum: [...OPERATOR_SCOPES] },
        description: 'what this operator may do; `grants:admin` includes the others',
      },
      expiresAt: {
        type: 'string',
        format: 'date-time',
        description: 'when the login ends if nothing more is done; asking for it does not put it off',
      },
    },
  })
  readonly operator: SignedInOperatorView | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'as `loginUrl` of GET /v1/session, for operators',
    example: '/console/login',
  })
  readonly loginUrl: string | null;
}
