import { type ArgumentMetadata, type ValidationError, ValidationPipe } from '@nestjs/common';
import { getMetadataStorage } from 'class-validator';
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
      if (field !== undefined) throw refused([{ field, message: unknownField(field, metadata.metatype) }]);
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
    validationError: { target: true }, // its class names the fields that there are; it is not sent
    exceptionFactory: (errors) => refused(errors.flatMap((error) => complaints(error, ''))),
  });
}

interface Complaint {
  readonly field: string;
  readonly message: string;
}

/** @param errors at least one */
function refused(errors: readonly Complaint[]): Problem {
  const others = errors.length > 1 ? ' See errors for the others.' : '';
  return invalidRequest(`${errors[0]?.message ?? ''}.${others}`, { errors });
}

function complaints(error: ValidationError, parent: string): Complaint[] {
  const field = parent === '' ? error.property : `${parent}.${error.property}`;
  const own = Object.entries(error.constraints ?? {}).map(([rule, message]) => ({
    field,
    message: sentence(error, rule, field) ?? message,
  }));
  return [...own, ...(error.children ?? []).flatMap((child) => complaints(child, field))];
}

/** What no rule can say itself, since it judges a value; null for what the rule says. */
function sentence({ value, target }: ValidationError, rule: string, field: string): string | null {
  if (rule === 'whitelistValidation') return unknownField(field, target?.constructor);
  return value === undefined ? `${field} is missing` : null;
}

function unknownField(field: string, type: unknown): string {
  const known = typeof type === 'function' ? fieldsOf(type) : [];
  return `${field} is not known here; this call takes ${known.join(', ')}`;
}

/** The fields that a DTO takes, without those that it knows only to refuse them. */
function fieldsOf(type: object): string[] {
  const rules = getMetadataStorage().getTargetValidationMetadatas(type as () => void, '', false, false);
  const refusedOnes = new Set(
    rules.filter(({ name }) => name === 'isFixedTerm').map(({ propertyName }) => propertyName),
  );
  return [...new Set(rules.map(({ propertyName }) => propertyName))].filter((name) => !refusedOnes.has(name));
}
