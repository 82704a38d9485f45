/** The service can't start as it is configured. Names variables, never their values: those may be secrets. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}
