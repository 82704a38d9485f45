import { type ValidationError, ValidationPipe } from '@nestjs/common';
import { Problem } from '../problems/problem.js';

/** Bodies and queries must be exactly what their DTO says: unknown properties are refused, not dropped. */
export function requestValidation(): ValidationPipe {
  return new ValidationPipe({
    whitelist: true,
    forbidNonWhitelisted: true,
    transform: true,
    stopAtFirstError: true,
    exceptionFactory: (errors) =>
      new Problem(400, 'invalid-request', 'Invalid request', {
        members: { errors: errors.flatMap((error) => complaints(error, '')) },
      }),
  });
}

function complaints(error: ValidationError, parent: string): { field: string; message: string }[] {
  const field = parent === '' ? error.property : `${parent}.${error.property}`;
  const own = Object.values(error.constraints ?? {}).map((message) => ({ field, message }));
  return [...own, ...(error.children ?? []).flatMap((child) => complaints(child, field))];
}
