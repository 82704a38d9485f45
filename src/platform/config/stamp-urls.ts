/**
 * The time-stamping authorities in TRANSPARENCY_STAMP_URLS.
 * @throws Error that says what it must be; a password in a URL would stand in the database and in the log
 */
export function stampUrls(setting: string): string[] {
  const urls = setting.split(',').map((url) => url.trim());
  if (!urls.every(isPlainUrl) || new Set(urls).size < urls.length)
    throw new Error(
      'must be different http:// or https:// URLs, separated by commas, without a user or a password',
    );
  return urls;
}

function isPlainUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return (protocol === 'https:' || protocol === 'http:') && username === '' && password === '';
}
