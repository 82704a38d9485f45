import type { Dashboard } from './dashboard.js';

/** The share of a histogram of seconds that is below, over the last minutes. */
const quantile = (share: number, histogram: string): string =>
  `histogram_quantile(${share}, sum by (le) (rate(${histogram}_bucket[$__rate_interval])))`;

/** What an operator looks at while campaigns run: people first, then money, then what carries them. */
export const seonchakDashboard: Dashboard = {
  uid: 'seonchak',
  title: 'Seonchak',
  rows: [
    {
      title: 'People',
      panels: [
        {
          title: 'Claims answered',
          description: 'A second, by outcome, over all instances.',
          unit: 'ops',
          queries: [['sum by (outcome) (rate(seonchak_claims_total[$__rate_interval]))', '{{outcome}}']],
        },
        {
          title: 'Time to an answer',
          description: 'From the admission of a claim to its outcome.',
          unit: 's',
          queries: [
            [quantile(0.5, 'seonchak_claim_duration_seconds'), 'half'],
            [quantile(0.99, 'seonchak_claim_duration_seconds'), '99 of 100'],
          ],
        },
        {
          title: 'Shed',
          description: 'Answered 503 at once. 0 but for the first seconds of a rush.',
          unit: 'ops',
          queries: [['sum(rate(seonchak_requests_shed_total[$__rate_interval]))', 'shed']],
        },
        {
          title: 'Slots',
          description: 'By state, at the gate.',
          unit: 'short',
          queries: [['max by (campaign, state) (seonchak_slots)', '{{campaign}} {{state}}']],
        },
        {
          title: 'Waiting line',
          description: 'People who wait for a slot to become free.',
          unit: 'short',
          queries: [['max by (campaign) (seonchak_waiting)', '{{campaign}}']],
        },
        {
          title: 'Conservation',
          description: 'available + processing + settled - capacity. Always 0.',
          unit: 'short',
          queries: [['max by (campaign) (abs(seonchak_conservation_error))', '{{campaign}}']],
        },
      ],
    },
    {
      title: 'Money',
      panels: [
        {
          title: 'Payouts concluded',
          description: 'A second, by outcome.',
          unit: 'ops',
          queries: [['sum by (outcome) (rate(seonchak_payouts_total[$__rate_interval]))', '{{outcome}}']],
        },
        {
          title: 'Oldest unpaid',
          description: 'How long the first unpaid person has waited.',
          unit: 's',
          queries: [['max by (campaign) (seonchak_oldest_unpaid_seconds)', '{{campaign}}']],
        },
        {
          title: 'Undecided payouts',
          description: 'HELD waits for an operator; IN_DOUBT is looked up again.',
          unit: 'short',
          queries: [['max by (campaign, state) (seonchak_payouts_undecided)', '{{campaign}} {{state}}']],
        },
        {
          title: 'Calls to the provider',
          description: 'A second, by answer.',
          unit: 'ops',
          queries: [
            [
              'sum by (call, answer) (rate(seonchak_provider_calls_total[$__rate_interval]))',
              '{{call}} {{answer}}',
            ],
          ],
        },
        {
          title: 'Contradictions and refusals',
          description: 'In 15 minutes: outcomes against a final one, and webhooks that were refused. 0.',
          unit: 'short',
          queries: [
            ['sum(increase(seonchak_payout_contradictions_total[15m]))', 'payouts'],
            ['sum by (reason) (increase(seonchak_webhooks_refused_total[15m]))', 'webhooks: {{reason}}'],
          ],
        },
        {
          title: 'Left to other workers',
          description:
            'Campaigns that a worker cannot pay, in 10 minutes: it lacks the settings of the provider.',
          unit: 'short',
          queries: [['sum by (campaign) (increase(seonchak_payouts_left_total[10m]))', '{{campaign}}']],
        },
      ],
    },
    {
      title: 'Upkeep',
      panels: [
        {
          title: 'Reapers',
          description: 'Overdue: the campaign that has waited longest for any reaper. Round: of each worker.',
          unit: 's',
          queries: [
            ['max(seonchak_upkeep_overdue_seconds)', 'overdue'],
            ['seonchak_reaper_round_age_seconds', 'round {{instance}}'],
          ],
        },
        {
          title: 'Recoveries',
          description: 'What reapers did, a second, by decision; and leases that they found expired.',
          unit: 'ops',
          queries: [
            ['sum by (decision) (rate(seonchak_recoveries_total[$__rate_interval]))', '{{decision}}'],
            ['sum(rate(seonchak_leases_expired_total[$__rate_interval]))', 'leases expired'],
          ],
        },
        {
          title: 'Gates rebuilt',
          description: 'In 15 minutes, by cause; and gates that contradicted Postgres.',
          unit: 'short',
          queries: [
            ['sum by (cause) (increase(seonchak_gate_rebuild_duration_seconds_count[15m]))', '{{cause}}'],
            ['sum(increase(seonchak_gate_contradictions_total[15m]))', 'contradictions'],
          ],
        },
        {
          title: 'Promotions',
          description: 'People in the line who got a freed slot, a second.',
          unit: 'ops',
          queries: [['sum(rate(seonchak_promotions_total[$__rate_interval]))', 'promotions']],
        },
        {
          title: 'Queue',
          description: 'Jobs by state, each for many grants; and rings that were lost, in 15 minutes.',
          unit: 'short',
          queries: [
            ['max by (state) (seonchak_queue_jobs)', '{{state}}'],
            ['sum(increase(seonchak_rings_lost_total[15m]))', 'rings lost'],
          ],
        },
      ],
    },
    {
      title: 'Webhooks',
      panels: [
        {
          title: 'Webhooks sent',
          description: 'A second, by outcome. Whatever failed is sent again.',
          unit: 'ops',
          queries: [
            ['sum by (outcome) (rate(seonchak_webhooks_sent_total[$__rate_interval]))', '{{outcome}}'],
          ],
        },
        {
          title: 'Oldest undelivered',
          description: 'How long the oldest event has waited for each endpoint, and changes for each reader.',
          unit: 's',
          queries: [
            ['max by (endpoint) (seonchak_oldest_undelivered_seconds)', '{{endpoint}}'],
            ['max by (reader) (seonchak_changes_unread_seconds)', 'unread by {{reader}}'],
          ],
        },
        {
          title: 'Undelivered',
          description: 'Events that an endpoint has not accepted. 1000 that are new: or more.',
          unit: 'short',
          queries: [['max by (endpoint, state) (seonchak_webhooks_undelivered)', '{{endpoint}} {{state}}']],
        },
        {
          title: 'Endpoints',
          description: 'By state: off is by an operator, given-up by us.',
          unit: 'short',
          queries: [['max by (state) (seonchak_webhook_endpoints)', '{{state}}']],
        },
      ],
    },
    {
      title: 'Public log',
      panels: [
        {
          title: 'Log late',
          description: 'How long ago the published log had all that was committed. A few seconds are normal.',
          unit: 's',
          queries: [['max(seonchak_proof_lag_seconds)', 'late']],
        },
        {
          title: 'Witnessed',
          description: 'How long ago witnesses cosigned. Ten minutes are normal while nothing is new.',
          unit: 's',
          queries: [['max(seonchak_proof_witness_age_seconds)', 'cosigned ago']],
        },
        {
          title: 'Log stopped',
          description: 'Campaigns under way whose log was stopped, and whether the database was set back. 0.',
          unit: 'short',
          queries: [
            ['max(seonchak_proof_stopped_campaigns)', 'campaigns'],
            ['max(seonchak_proof_set_back)', 'set back'],
          ],
        },
        {
          title: 'Leaves',
          description: 'Of the log.',
          unit: 'short',
          queries: [['max(seonchak_proof_log_size)', 'leaves']],
        },
      ],
    },
    {
      title: 'Servers and processes',
      panels: [
        {
          title: 'Postgres and Redis',
          description: 'Time to answer the plainest question. A gap: no answer within a second.',
          unit: 's',
          queries: [
            ['max by (instance) (seonchak_postgres_probe_seconds)', 'Postgres {{instance}}'],
            ['max by (instance) (seonchak_redis_probe_seconds)', 'Redis {{instance}}'],
          ],
        },
        {
          title: 'Connections to Postgres',
          description: 'Of all instances; waiting counts statements without a connection.',
          unit: 'short',
          queries: [['sum by (pool, state) (seonchak_postgres_pool)', '{{pool}} {{state}}']],
        },
        {
          title: 'Batches',
          description: 'Claims that shared one script call and one INSERT: on average.',
          unit: 'short',
          queries: [
            [
              'sum(rate(seonchak_claim_batch_size_sum[$__rate_interval])) / sum(rate(seonchak_claim_batch_size_count[$__rate_interval]))',
              'claims',
            ],
          ],
        },
        {
          title: 'CPU',
          description: 'Cores used by each instance. One is all that an api can use.',
          unit: 'short',
          queries: [['rate(process_cpu_seconds_total[$__rate_interval])', '{{instance}}']],
        },
        {
          title: 'Memory',
          description: 'Resident memory of each instance.',
          unit: 'bytes',
          queries: [['process_resident_memory_bytes', '{{instance}}']],
        },
        {
          title: 'Event loop',
          description: 'How late it is, 99 of 100. Above 0.1 s the instance is busy.',
          unit: 's',
          queries: [['nodejs_eventloop_lag_p99_seconds', '{{instance}}']],
        },
      ],
    },
  ],
};
