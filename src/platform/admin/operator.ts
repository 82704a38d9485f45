import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import { IsReason, REASON_LENGTH } from './is-reason.js';

/** The operator of an act and the reason for it, as the trail records them. */
export interface Operator {
  /** The subject of the operator's token. */
  readonly actor: string;
  readonly reason?: string | null;
}

/** Base of request bodies that may give a reason. */
export class WithReason {
  @ApiPropertyOptional({ ...REASON_LENGTH, description: 'why; recorded in the trail with your name' })
  @IsOptional()
  @IsReason()
  readonly reason?: string;
}

/** Base of request bodies that must give a reason: what they do decides over people's money. */
export class Reasoned {
  @ApiProperty({ ...REASON_LENGTH, description: 'why; recorded with your name' })
  @IsReason()
  readonly reason: string;
}
