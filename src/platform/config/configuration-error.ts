/** The service cannot start with this configuration. The message names variables, never values: they may be secrets. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}
