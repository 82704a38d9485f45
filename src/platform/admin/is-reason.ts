import { applyDecorators } from '@nestjs/common';
import { IsString, Length, Matches } from 'class-validator';

/** Two: 점검 and 장애 are whole reasons. */
const [SHORTEST, LONGEST] = [2, 500];

/** The same bounds, for OpenAPI. */
export const REASON_LENGTH = { minLength: SHORTEST, maxLength: LONGEST };

/** Validates an operator's reason: text of 2 to 500 characters, without control characters. */
export function IsReason(): PropertyDecorator {
  return applyDecorators(
    IsString(), // the first that fails is reported
    Length(SHORTEST, LONGEST),
    Matches(/^\P{Cc}*$/u, { message: 'reason must not contain control characters' }),
  );
}
