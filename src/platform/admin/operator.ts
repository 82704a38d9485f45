import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import { IsReason, REASON_LENGTH } from './is-reason.js';

/** Who does something as an operator, and why, as the trail keeps it. */
export interface Operator {
  /** The subject of the operator's token. */
  readonly actor: string;
  readonly reason?: string | null;
}

/** Of a body that says why something is done. */
export class WithReason {
  @ApiPropertyOptional({ ...REASON_LENGTH, description: 'why; kept in the trail with your name' })
  @IsOptional()
  @IsReason()
  readonly reason?: string;
}
