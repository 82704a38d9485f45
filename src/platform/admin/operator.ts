import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString, Length, Matches } from 'class-validator';

/** Who does something as an operator, and why, as the trail keeps it. */
export interface Operator {
  /** The subject of the operator's token. */
  readonly actor: string;
  readonly reason?: string | null;
}

/** Of a body that says why something is done. */
export class WithReason {
  @ApiPropertyOptional({ minLength: 3, maxLength: 500, description: 'why; kept in the trail with your name' })
  @IsOptional()
  @Matches(/^\P{Cc}*$/u, { message: 'reason must hold no control characters' })
  @Length(3, 500)
  @IsString()
  readonly reason?: string;
}
