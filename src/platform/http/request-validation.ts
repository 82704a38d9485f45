import { type ArgumentMetadata, type ValidationError, ValidationPipe } from '@nestjs/common';
import { type Problem, invalidRequest } from '../problems/problem.js';

/** Nest and class-transformer silently drop these properties, so they are refused beforehand. */
const isDropped = (name: string): boolean => name in Object.prototype || name === 'prototype';

/** Far deeper than any DTO: class-transformer recurses, and 16 KB of brackets would exhaust the stack. */
const DEEPEST = 20;

function isDeeperThan(levels: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeperThan(levels - 1, inner));
}

class StrictValidationPipe extends ValidationPipe {
  override transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    if (typeof value === 'object' && value !== null) {
      if (isDeeperThan(DEEPEST, value)) throw invalidRequest('The body is nested too deeply.');
      const field = Object.keys(value).find(isDropped);
      if (field !== undefined) throw refused([{ field, message: `property ${field} should not exist` }]);
    }
    return super.transform(value, metadata);
  }
}

/** Bodies and queries must match their DTO exactly: unknown properties are refused, not dropped. */
export function requestValidation(): ValidationPipe {
  return new StrictValidationPipe({
    whitelist: true,
    forbidNonWhitelisted: true,
    transform: true,
    stopAtFirstError: true,
    exceptionFactory: (errors) => refused(errors.flatMap((error) => complaints(error, ''))),
  });
}

function refused(errors: { field: string; message: string }[]): Problem {
  return invalidRequest(undefined, { errors });
}

function complaints(error: ValidationError, parent: string): { field: string; message: string }[] {
  const field = parent === '' ? error.property : `${parent}.${error.property}`;
  const own = Object.values(error.constraints ?? {}).map((message) => ({ field, message }));
  return [...own, ...(error.children ?? []).flatMap((child) => complaints(child, field))];
}
