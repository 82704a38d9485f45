import { Expose, Transform, Type } from 'class-transformer';
import { IsNumber, IsOptional, IsString, Matches, Max, Min } from 'class-validator';
import { IsHttpUrl } from '../is-http-url.js';
import { Fallback, Switch } from '../variables.js';

/** `name=value`, several separated by commas; values are percent-encoded (OpenTelemetry's form). */
const HEADER_LIST = /^[\w.-]+=[\x21-\x2b\x2d-\x7e]*(,[\w.-]+=[\x21-\x2b\x2d-\x7e]*)*$/;

/** Spans for a collector (docs/tracing.md). */
export class TracingSettings {
  /** The collector of spans, without `/v1/traces`. Not set: tracing is off (docs/tracing.md). */
  @Expose()
  @IsOptional()
  @IsHttpUrl({ query: false })
  readonly OTEL_EXPORTER_OTLP_ENDPOINT?: string;

  /** Headers of exports, such as the collector's key. */
  @Expose()
  @IsOptional()
  @Matches(HEADER_LIST, { message: '$property must be a list of name=value, percent-encoded' })
  readonly OTEL_EXPORTER_OTLP_HEADERS?: string;

  @Fallback('seonchak')
  @IsString()
  readonly OTEL_SERVICE_NAME: string;

  /** Which share of the traces is recorded, 0 to 1. */
  @Expose()
  @Transform(({ value }: { value: unknown }) => value ?? 1)
  @Type(() => Number)
  @IsNumber()
  @Min(0)
  @Max(1)
  readonly OTEL_TRACES_SAMPLER_ARG: number;

  /** Whether tracing is off although there is a collector. */
  @Switch({ inProduction: false, elsewhere: false })
  readonly OTEL_SDK_DISABLED: boolean;
}
