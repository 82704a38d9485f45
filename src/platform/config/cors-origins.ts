/**
 * The origins in CORS_ORIGINS, as browsers send them in Origin.
 * @throws Error that says what it must be, for anything else: a wildcard, a path, a default port, capital letters
 */
export function corsOrigins(setting: string): string[] {
  const origins = setting.split(',').map((origin) => origin.trim());
  if (!origins.every(isOrigin))
    throw new Error(
      'must be exact origins, separated by commas, as browsers send them: https://shop.example, without a path, ' +
        'a slash at the end, a default port or a *',
    );
  return origins;
}

function isOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { origin, protocol } = new URL(text);
  return origin === text && !text.includes('*') && (protocol === 'https:' || protocol === 'http:');
}
