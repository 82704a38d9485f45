import { Expose, Transform, Type } from 'class-transformer';
import { IsBoolean, IsInt, Max, Min } from 'class-validator';

/** An integer variable with its default. A value outside `min`..`max` prevents the start. */
export function Integer(fallback: number, min: number, max: number): PropertyDecorator {
  return (target, property) => {
    Expose()(target, property);
    Transform(({ value }: { value: unknown }) => value ?? fallback)(target, property);
    Type(() => Number)(target, property);
    IsInt()(target, property);
    Min(min)(target, property);
    Max(max)(target, property);
  };
}

/** A variable that is `true` or `false`. @param fallback its default, in production and elsewhere */
export function Switch(fallback: {
  readonly inProduction: boolean;
  readonly elsewhere: boolean;
}): PropertyDecorator {
  const read = ({ value, obj }: { value?: unknown; obj: NodeJS.ProcessEnv }): unknown => {
    if (value === undefined)
      return obj.NODE_ENV === 'production' ? fallback.inProduction : fallback.elsewhere;
    return value === 'true' || value === 'false' ? value === 'true' : value;
  };
  return (target, property) => {
    Expose()(target, property);
    Transform(read)(target, property);
    IsBoolean({ message: '$property must be true or false' })(target, property);
  };
}

/** A variable with its default, as text. */
export function Fallback(fallback: string): PropertyDecorator {
  return (target, property) => {
    Expose()(target, property);
    Transform(({ value }: { value: unknown }) => value ?? fallback)(target, property);
  };
}
