import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { answerOf, api, nullIfNone } from './client.js';
import type { components, operations } from '../../../client/openapi.js';
import { readAttention, readFigures, readSession, readStory } from './live.js';
import { ProblemError } from './problem.js';

export type Campaign = components['schemas']['CampaignTerms'];
export type CampaignState = Campaign['state'];
export type Person = components['schemas']['PersonView'];
export type Payout = components['schemas']['PayoutView'];
export type Difference = components['schemas']['DifferenceView'];
export type PayoutState = Payout['state'];
export type Decision = components['schemas']['DecisionView'];
export type WebhookEndpoint = components['schemas']['EndpointView'];
export type PublicLog = components['schemas']['PublicLogView'];
export type AdminAct = components['schemas']['AdminActView'];

/** Which people; the names are those of the API's query. */
export type PeopleFilter = Pick<
  NonNullable<operations['people_list']['parameters']['query']>,
  'status' | 'userId' | 'arrivalFrom' | 'arrivalTo'
>;

const PAGE = 50;

/** Who is signed in; asked for again when the window comes back to the front. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: ({ signal }) => readSession(signal),
  staleTime: 60_000,
  refetchOnWindowFocus: 'always',
});

export const campaignsQuery = (search: string, state: CampaignState | '') =>
  infiniteQueryOptions({
    queryKey: ['campaigns', search, state],
    queryFn: ({ pageParam, signal }) =>
      answerOf(
        api.GET('/v1/campaigns', {
          params: {
            query: {
              limit: PAGE,
              ...(search ? { search } : {}),
              ...(state ? { state } : {}),
              ...(pageParam ? { before: pageParam } : {}),
            },
          },
          signal,
        }),
      ),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
  });

export const campaignQuery = (id: string) =>
  queryOptions({
    queryKey: ['campaign', id],
    queryFn: ({ signal }) =>
      answerOf(api.GET('/v1/campaigns/{id}/terms', { params: { path: { id } }, signal })),
    refetchInterval: 15_000,
  });

export const statsQuery = (id: string) =>
  queryOptions({
    queryKey: ['campaign', id, 'stats'],
    queryFn: ({ signal }) =>
      answerOf(api.GET('/v1/campaigns/{id}/stats', { params: { path: { id } }, signal })),
    refetchInterval: 5_000,
  });

export const peopleQuery = (id: string, filter: PeopleFilter) =>
  infiniteQueryOptions({
    queryKey: ['campaign', id, 'people', filter],
    queryFn: ({ pageParam, signal }) =>
      answerOf(
        api.GET('/v1/campaigns/{id}/grants', {
          params: {
            path: { id },
            query: { limit: PAGE, ...filter, ...(pageParam ? { after: pageParam } : {}) },
          },
          signal,
        }),
      ),
    initialPageParam: 0,
    getNextPageParam: (page) => page.next,
  });

/** One person, or null where nobody of that id has a place. */
export const personQuery = (id: string, userId: string) =>
  queryOptions({
    queryKey: ['campaign', id, 'person', userId],
    queryFn: async ({ signal }) => {
      const params = { path: { id }, query: { userId, limit: 1 } };
      const page = await answerOf(api.GET('/v1/campaigns/{id}/grants', { params, signal }));
      return page.items[0] ?? null;
    },
    refetchInterval: 5_000,
  });

/** The last person who got a place. Null before anybody came. */
export const lastPersonQuery = (id: string) =>
  queryOptions({
    queryKey: ['campaign', id, 'last-person'],
    queryFn: async ({ signal }) => {
      const stats = await answerOf(api.GET('/v1/campaigns/{id}/stats', { params: { path: { id } }, signal }));
      const last = stats.postgres.lastArrivalNo;
      if (last < 1) return null;
      const params = { path: { id }, query: { arrivalFrom: last, limit: 1 } };
      const page = await answerOf(api.GET('/v1/campaigns/{id}/grants', { params, signal }));
      return page.items[0] ?? null;
    },
  });

/** The figures of this moment, read once: the screen "Now" follows their stream. */
export const figuresQuery = (id: string) =>
  queryOptions({
    queryKey: ['campaign', id, 'figures'],
    queryFn: ({ signal }) => readFigures(id, signal),
  });

/** Whether a user without a claim is on the list of the campaign; null when it has none, or none any more. */
export const isListedQuery = (id: string, userId: string) =>
  queryOptions({
    queryKey: ['campaign', id, 'listed', userId],
    queryFn: async ({ signal }) => {
      try {
        await readStory(id, userId, signal);
        return null; // has claimed meanwhile
      } catch (error) {
        if (error instanceof ProblemError && error.code === 'no-claim') return error.eligible;
        throw error;
      }
    },
  });

export const storyQuery = (id: string, userId: string) =>
  queryOptions({
    queryKey: ['campaign', id, 'story', userId],
    queryFn: ({ signal }) => readStory(id, userId, signal),
    refetchInterval: 5_000,
  });

export const payoutsQuery = (id: string, state: PayoutState | '') =>
  infiniteQueryOptions({
    queryKey: ['campaign', id, 'payouts', state],
    queryFn: ({ pageParam, signal }) =>
      answerOf(
        api.GET('/v1/campaigns/{id}/payouts', {
          params: {
            path: { id },
            query: { limit: PAGE, ...(state ? { state } : {}), ...(pageParam ? { after: pageParam } : {}) },
          },
          signal,
        }),
      ),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
  });

/** One payout with all that happened to it; null before there is one. */
export const payoutQuery = (id: string, userId: string) =>
  queryOptions({
    queryKey: ['campaign', id, 'payout', userId],
    queryFn: ({ signal }) => {
      const params = { path: { id, userId } };
      return nullIfNone(api.GET('/v1/campaigns/{id}/payouts/{userId}', { params, signal }));
    },
    refetchInterval: 5_000,
  });

/** A wallet; null for a user who never had one. */
export const walletQuery = (currency: string, userId: string) =>
  queryOptions({
    queryKey: ['wallet', currency, userId],
    queryFn: ({ signal }) => {
      const params = { path: { currency, userId } };
      return nullIfNone(api.GET('/v1/wallets/{currency}/{userId}', { params, signal }));
    },
  });

export const decisionsQuery = (id: string) =>
  queryOptions({
    queryKey: ['campaign', id, 'decisions'],
    queryFn: ({ signal }) =>
      answerOf(
        api.GET('/v1/campaigns/{id}/payout-decisions', {
          params: { path: { id }, query: { limit: PAGE } },
          signal,
        }),
      ),
    refetchInterval: 10_000,
  });

/** What the last comparison with the provider's books found. */
export const reconciliationQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: ['campaign', id, 'reconciliation'],
    queryFn: ({ pageParam, signal }) =>
      answerOf(
        api.GET('/v1/campaigns/{id}/reconciliation', {
          params: { path: { id }, query: { limit: PAGE, ...(pageParam ? { after: pageParam } : {}) } },
          signal,
        }),
      ),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
  });

/** Whether payouts are stopped, everywhere or in named campaigns. */
export const switchQuery = queryOptions({
  queryKey: ['payouts'],
  queryFn: ({ signal }) => answerOf(api.GET('/v1/payouts', { signal })),
  refetchInterval: 15_000,
});

export const attentionQuery = queryOptions({
  queryKey: ['attention'],
  queryFn: ({ signal }) => readAttention(signal),
  refetchInterval: 10_000,
});

/** How the public log is, where there is one. */
export const publicLogQuery = queryOptions({
  queryKey: ['public-log'],
  queryFn: ({ signal }) => answerOf(api.GET('/v1/public-log', { signal })),
  refetchInterval: 10_000,
});

/** Who is told by webhooks: a few. */
export const endpointsQuery = queryOptions({
  queryKey: ['webhook-endpoints'],
  queryFn: ({ signal }) => answerOf(api.GET('/v1/webhook-endpoints', { signal })),
  refetchInterval: 10_000,
});

export const actsQuery = (campaignId: string | null) =>
  infiniteQueryOptions({
    queryKey: ['acts', campaignId],
    queryFn: ({ pageParam, signal }) =>
      answerOf(
        api.GET('/v1/admin-acts', {
          params: {
            query: {
              limit: PAGE,
              ...(campaignId === null ? {} : { campaignId }),
              ...(pageParam ? { before: pageParam } : {}),
            },
          },
          signal,
        }),
      ),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
  });
