import { ApiProperty, ApiPropertyOptional, IntersectionType, PartialType } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateIf,
} from 'class-validator';
import { WithReason } from '../../platform/admin/operator.js';
import { IsHttpUrl } from '../../platform/config/is-http-url.js';
import { IsTime } from '../../platform/http/is-time.js';
import { EVENT_TYPES } from '../events/event.js';

export const ENDPOINT_STATES = ['ON', 'OFF'] as const;
export type EndpointState = (typeof ENDPOINT_STATES)[number];

const OFF_REASONS = ['operator', 'gone', 'failing'] as const;

const LONGEST_URL = 2_000;
const LONGEST_DESCRIPTION = 200;
export const DAY_SECONDS = 86_400;

const WANTED_TYPES = {
  type: 'array' as const,
  items: { type: 'string' as const, enum: [...EVENT_TYPES] },
  nullable: true,
  minItems: 1,
  maxItems: EVENT_TYPES.length,
  description: 'what it is told; null: everything',
};

export class CreateEndpointDto {
  @ApiProperty({
    maxLength: LONGEST_URL,
    example: 'https://example.com/webhooks/seonchak',
    description:
      'where webhooks are sent; without a login or a fragment, and https:// unless ALLOW_PLAIN_HTTP',
  })
  @IsHttpUrl({ query: true })
  @MaxLength(LONGEST_URL)
  @IsString()
  readonly url: string;

  @ApiPropertyOptional({ maxLength: LONGEST_DESCRIPTION, description: 'for people; at first it is empty' })
  @ValidateIf((_, value) => value !== undefined)
  @Matches(/^\P{Cc}*$/u, { message: 'description must not contain control characters' })
  @MaxLength(LONGEST_DESCRIPTION)
  @IsString()
  readonly description?: string;

  @ApiPropertyOptional(WANTED_TYPES)
  @IsOptional()
  @IsIn(EVENT_TYPES, { each: true })
  @ArrayUnique()
  @ArrayMaxSize(EVENT_TYPES.length)
  @ArrayMinSize(1)
  @IsArray()
  readonly eventTypes?: string[] | null;
}

/** What is left out stays as it is. */
export class ChangeEndpointDto extends IntersectionType(
  PartialType(CreateEndpointDto, { skipNullProperties: false }),
  WithReason,
) {
  @ApiPropertyOptional({
    enum: ENDPOINT_STATES,
    description: 'OFF: nothing is sent. ON: it is sent what it has missed, as far as that is kept',
  })
  @ValidateIf((_, value) => value !== undefined)
  @IsIn(ENDPOINT_STATES)
  readonly state?: EndpointState;
}

export class RotateSecretDto extends WithReason {
  @ApiPropertyOptional({
    type: 'integer',
    minimum: 0,
    maximum: 7 * DAY_SECONDS,
    default: DAY_SECONDS,
    description: 'for how many seconds the secret of before signs as well; 0 if it is known to others',
  })
  @IsOptional()
  @Max(7 * DAY_SECONDS)
  @Min(0)
  @IsInt()
  readonly previousValidForSeconds?: number;
}

export class ReplayDto extends WithReason {
  @ApiProperty({ format: 'date-time', description: 'from when on; an event counts when it was recorded' })
  @IsTime()
  readonly from: string;

  @ApiPropertyOptional({ format: 'date-time', description: 'until when; default: now' })
  @IsOptional()
  @IsTime()
  readonly to?: string;
}

/** A receiver of webhooks, without its secret. */
export class EndpointView {
  @ApiProperty({ format: 'uuid', description: 'what paths name it by' })
  readonly id: string;

  @ApiProperty({ description: 'where webhooks are sent' })
  readonly url: string;

  @ApiProperty({ description: 'for people' })
  readonly description: string;

  @ApiProperty(WANTED_TYPES)
  readonly eventTypes: string[] | null;

  @ApiProperty({ enum: ENDPOINT_STATES, description: 'OFF: nothing is sent' })
  readonly state: EndpointState;

  @ApiProperty({
    enum: [...OFF_REASONS, null],
    nullable: true,
    description:
      'operator: switched off by one; gone: it answered 410; failing: it accepted nothing for too long',
  })
  readonly offReason: (typeof OFF_REASONS)[number] | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'since when it is OFF' })
  readonly offAt: Date | null;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'since when it accepts nothing; null: it accepted the last time, or nothing was sent',
  })
  readonly failingSince: Date | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description:
      'why the last webhook that failed did: answered-<status>, time-out, address-refused, …; null: none did',
  })
  readonly lastFailure: string | null;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'when it accepted the last time',
  })
  readonly acceptedAt: Date | null;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'since when the oldest event waits that it has not accepted; null: it has everything',
  })
  readonly waitingSince: Date | null;

  @ApiProperty({ description: 'whether a replay is under way' })
  readonly isReplaying: boolean;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'until when the secret of before signs as well; null: there is one secret',
  })
  readonly previousSecretUntil: Date | null;

  @ApiProperty({ type: String, format: 'date-time', description: 'when it was created' })
  readonly createdAt: Date;
}

export class EndpointList {
  @ApiProperty({ type: [EndpointView], description: 'the oldest first' })
  readonly items: EndpointView[];
}

export class EndpointWithSecret extends EndpointView {
  @ApiProperty({ example: 'whsec_…', description: 'verifies what we send; shown here and never again' })
  readonly secret: string;
}
