/** What the service needs of a table or view. */
export interface RequiredTable {
  /** Privileges of the service; its tools need more. */
  readonly rights: string;
  /** Its constraints, indexes and triggers. */
  readonly parts: readonly string[];
}

/**
 * The tables that all migrations together create, with what each must have. The service does not start without them.
 * `test/integration/migrations` compares this list with the database; a migration that adds or drops a table,
 * constraint, index or trigger changes it.
 */
export const REQUIRED = {
  admin_acts: {
    rights: 'SELECT, INSERT',
    parts: ['admin_acts_append_only', 'admin_acts_of', 'admin_acts_pk'],
  },
  campaign_reconciliations: {
    rights: 'SELECT',
    parts: [
      'campaign_reconciliations_may_go',
      'campaign_reconciliations_pk',
      'campaign_reconciliations_stays',
    ],
  },
  campaign_series: {
    rights: 'SELECT, INSERT, UPDATE, DELETE',
    parts: ['campaign_series_by_age', 'campaign_series_pk'],
  },
  campaign_upkeep: {
    rights: 'SELECT, INSERT, UPDATE, DELETE',
    parts: [
      'campaign_upkeep_campaign_fk',
      'campaign_upkeep_may_go',
      'campaign_upkeep_next',
      'campaign_upkeep_pk',
      'campaign_upkeep_stays',
    ],
  },
  campaigns: {
    rights: 'SELECT, INSERT, UPDATE',
    parts: [
      'campaigns_amount_range',
      'campaigns_archived_after_retired',
      'campaigns_by_age',
      'campaigns_capacity_range',
      'campaigns_currency_is_iso_4217',
      'campaigns_deleted_unclaimed',
      'campaigns_deletion_is_final',
      'campaigns_end_is_final',
      'campaigns_finished_after_sealed',
      'campaigns_finished_with_count',
      'campaigns_id_is_a_slug',
      'campaigns_need_a_look',
      'campaigns_opens_before_it_closes',
      'campaigns_payout_provider_known',
      'campaigns_pk',
      'campaigns_provider_is_fixed',
      'campaigns_removed_after_archived',
      'campaigns_retired_after_finished',
      'campaigns_reversal_policy_known',
      'campaigns_state_known',
      'campaigns_stays',
      'campaigns_terms_are_fixed',
      'campaigns_to_close',
      'campaigns_waiting_capacity_range',
    ],
  },
  installation: {
    rights: 'SELECT, UPDATE',
    parts: ['installation_is_one', 'installation_loss_has_a_time', 'installation_pk', 'installation_stays'],
  },
  ledger_accounts: {
    rights: 'SELECT, INSERT, UPDATE',
    parts: [
      'ledger_accounts_campaign_fk',
      'ledger_accounts_campaign_unique',
      'ledger_accounts_not_overdrawn',
      'ledger_accounts_owner',
      'ledger_accounts_pk',
      'ledger_accounts_provider_unique',
      'ledger_accounts_stays',
      'ledger_accounts_treasury_unique',
      'ledger_accounts_wallet_unique',
    ],
  },
  ledger_entries: {
    rights: 'SELECT, INSERT',
    parts: [
      'ledger_entries_account_fk_holds',
      'ledger_entries_amount_not_zero',
      'ledger_entries_append_only',
      'ledger_entries_may_go',
      'ledger_entries_pk',
      'ledger_entries_sum_to_zero',
      'ledger_entries_transaction',
      'ledger_entries_transaction_fk_holds',
    ],
  },
  ledger_transactions: {
    rights: 'SELECT, INSERT',
    parts: [
      'ledger_transactions_append_only',
      'ledger_transactions_idempotency_key_unique',
      'ledger_transactions_may_go',
      'ledger_transactions_outcome_known',
      'ledger_transactions_pk',
      'ledger_transactions_rejected_with_reason',
    ],
  },
  login_users: {
    rights: 'SELECT, INSERT',
    parts: [
      'login_users_append_only',
      'login_users_pk',
      'login_users_user_id_range',
      'login_users_user_id_unique',
    ],
  },
  operator_sessions: {
    rights: 'SELECT, INSERT, UPDATE, DELETE',
    parts: ['operator_sessions_end_after_beginning', 'operator_sessions_over', 'operator_sessions_pk'],
  },
  payout_decision_items: {
    rights: 'SELECT, INSERT',
    parts: [
      'payout_decision_items_decision_fk',
      'payout_decision_items_may_go',
      'payout_decision_items_pk',
      'payout_decision_items_stays',
    ],
  },
  payout_decisions: {
    rights: 'SELECT, INSERT, UPDATE',
    parts: [
      'payout_decisions_applied_whole',
      'payout_decisions_decision_known',
      'payout_decisions_four_eyes',
      'payout_decisions_may_go',
      'payout_decisions_of',
      'payout_decisions_pk',
      'payout_decisions_resend_is_approved',
      'payout_decisions_stays',
    ],
  },
  payout_events: {
    rights: 'SELECT, INSERT',
    parts: ['payout_events_append_only', 'payout_events_may_go', 'payout_events_of', 'payout_events_pk'],
  },
  payout_stops: {
    rights: 'SELECT, INSERT, DELETE',
    parts: ['payout_stops_pk', 'payout_stops_stays'],
  },
  payouts: {
    rights: 'SELECT, INSERT, UPDATE',
    parts: [
      'payouts_attempts_range',
      'payouts_begin_grants',
      'payouts_grant_fk_holds',
      'payouts_grant_is_fixed',
      'payouts_idempotency_key_unique',
      'payouts_may_go',
      'payouts_not_settled',
      'payouts_open',
      'payouts_order_is_fixed',
      'payouts_outcome_is_final',
      'payouts_pk',
      'payouts_reversed_need_a_look',
      'payouts_reversed_untold',
      'payouts_revocation_is_final',
      'payouts_revoked_before_sent',
      'payouts_state_known',
      'payouts_stays',
      'payouts_take_grants_back',
    ],
  },
  payouts_known_there: {
    rights: 'SELECT',
    parts: ['payouts_known_there_may_go', 'payouts_known_there_pk', 'payouts_known_there_stays'],
  },
  provider_events: {
    rights: 'SELECT, INSERT, UPDATE, DELETE', // FOR UPDATE needs UPDATE; rows never change
    parts: [
      'provider_events_append_only',
      'provider_events_effect_known',
      'provider_events_may_go',
      'provider_events_of',
      'provider_events_passing',
      'provider_events_pk',
    ],
  },
  user_grants: {
    rights: 'SELECT, INSERT, UPDATE',
    parts: [
      'user_grants_arrival_no_range',
      'user_grants_arrival_no_unique',
      'user_grants_begun',
      'user_grants_campaign_fk_holds',
      'user_grants_freed_slots',
      'user_grants_grant_seq_range',
      'user_grants_live_slot_unique',
      'user_grants_may_go',
      'user_grants_pk',
      'user_grants_place_is_fixed',
      'user_grants_rejected',
      'user_grants_status_is_final',
      'user_grants_status_known',
      'user_grants_stays',
      'user_grants_taken_back',
      'user_grants_taken_back_known',
      'user_grants_to_begin',
      'user_grants_user_id_range',
      'user_grants_within_capacity',
    ],
  },
  waiting_entries: {
    rights: 'SELECT, INSERT, UPDATE',
    parts: [
      'waiting_entries_arrival_no_range',
      'waiting_entries_arrival_no_unique',
      'waiting_entries_campaign_fk_holds',
      'waiting_entries_campaign_is_fixed',
      'waiting_entries_ended',
      'waiting_entries_leaving_is_an_end',
      'waiting_entries_left',
      'waiting_entries_left_untold',
      'waiting_entries_may_go',
      'waiting_entries_one_end',
      'waiting_entries_open',
      'waiting_entries_pk',
      'waiting_entries_stays',
      'waiting_entries_user_id_range',
    ],
  },
  waiting_line: {
    rights: 'SELECT',
    parts: [],
  },
} as const satisfies Readonly<Record<string, RequiredTable>>;
