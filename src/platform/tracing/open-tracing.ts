import type { Environment } from '../config/environment.js';
import { NoTracing } from './no-tracing.js';
import type { Tracing } from './tracing.js';

/**
 * Tracing as it is configured. OpenTelemetry's packages are loaded only if it is on, since they cost memory and time.
 */
export async function openTracing(environment: Readonly<Environment>): Promise<Tracing> {
  const { OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_SDK_DISABLED } = environment;
  if (OTEL_EXPORTER_OTLP_ENDPOINT === undefined || OTEL_SDK_DISABLED) return new NoTracing();
  const { OpenTelemetry } = await import('./open-telemetry.js');
  return new OpenTelemetry(environment, OTEL_EXPORTER_OTLP_ENDPOINT);
}
