/** Where the console shows what a path of the API names. */
export function consolePath(apiPath: string): string {
  const { pathname, searchParams } = new URL(apiPath, 'http://service');
  if (pathname.startsWith('/v1/webhook-endpoints')) return '/webhooks';
  const match = /^\/v1\/campaigns\/([^/]+)(?:\/([^/]+)(?:\/([^/]+))?)?/.exec(pathname);
  if (!match) return pathname.startsWith('/v1/admin-acts') ? '/trail' : '/';
  const [, id, part, userId] = match;
  const campaign = `/campaigns/${id}`;
  if (part === 'payouts' && userId !== undefined) return `${campaign}/people/${userId}`;
  if (part === 'payouts') {
    const state = searchParams.get('state');
    return `${campaign}/payouts${state === null ? '' : `?state=${state}`}`;
  }
  if (part === 'payout-decisions' || part === 'reconciliation') return `${campaign}/payouts`;
  if (part === 'grants') return `${campaign}/people${userId === undefined ? '' : `/${userId}`}`;
  return campaign;
}
