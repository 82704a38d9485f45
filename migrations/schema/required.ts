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
  campaign_eligible: {
    rights: 'SELECT, INSERT, DELETE',
    parts: [
      'campaign_eligible_list_is_open',
      'campaign_eligible_may_go',
      'campaign_eligible_pk',
      'campaign_eligible_stays',
      'campaign_eligible_user_id_range',
    ],
  },
  campaign_epochs: {
    rights: 'SELECT, INSERT',
    parts: [
      'campaign_epochs_append_only',
      'campaign_epochs_may_go',
      'campaign_epochs_pk',
      'campaign_epochs_rebuilt_up_to_range',
    ],
  },
  campaign_log_keys: {
    rights: 'SELECT, INSERT',
    parts: ['campaign_log_keys_is_fixed', 'campaign_log_keys_of_32_bytes', 'campaign_log_keys_pk'],
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
      'campaigns_eligibility_is_fixed',
      'campaigns_eligibility_known',
      'campaigns_eligible_of_a_list',
      'campaigns_end_is_final',
      'campaigns_finished_after_sealed',
      'campaigns_finished_with_count',
      'campaigns_freeze_list_at_the_end',
      'campaigns_frozen_list_is_final',
      'campaigns_get_log_keys',
      'campaigns_id_is_a_slug',
      'campaigns_need_a_look',
      'campaigns_note_end_of_pause',
      'campaigns_note_list',
      'campaigns_note_state',
      'campaigns_note_terms',
      'campaigns_note_the_end',
      'campaigns_opens_before_it_closes',
      'campaigns_payout_provider_known',
      'campaigns_pk',
      'campaigns_provider_is_fixed',
      'campaigns_removed_after_archived',
      'campaigns_removed_rows',
      'campaigns_retired_after_finished',
      'campaigns_reversal_policy_known',
      'campaigns_state_known',
      'campaigns_stays',
      'campaigns_terms_are_fixed',
      'campaigns_to_close',
      'campaigns_waiting_capacity_range',
    ],
  },
  change_readers: {
    rights: 'SELECT, INSERT, UPDATE, DELETE',
    parts: ['change_readers_pk', 'change_readers_stays'],
  },
  changes: {
    rights: 'SELECT, INSERT, UPDATE, DELETE', // FOR UPDATE needs UPDATE; rows never change
    parts: ['changes_append_only', 'changes_in_order', 'changes_kind_known', 'changes_may_go', 'changes_pk'],
  },
  eligible_commitments: {
    rights: 'SELECT, INSERT',
    parts: [
      'eligible_commitments_append_only',
      'eligible_commitments_may_go',
      'eligible_commitments_of_32_bytes',
      'eligible_commitments_pk',
      'eligible_commitments_with_all_hashes',
    ],
  },
  gate_revisions: {
    rights: 'SELECT, INSERT',
    parts: [
      'gate_revisions_append_only',
      'gate_revisions_arrival_no_range',
      'gate_revisions_may_go',
      'gate_revisions_pk',
    ],
  },
  installation: {
    rights: 'SELECT, UPDATE',
    parts: [
      'installation_is_one',
      'installation_keeps_set_backs',
      'installation_loss_has_a_time',
      'installation_pk',
      'installation_stays',
    ],
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
  log_campaigns: {
    rights: 'SELECT, INSERT, UPDATE',
    parts: [
      'log_campaigns_ended',
      'log_campaigns_open',
      'log_campaigns_open_without_end',
      'log_campaigns_pk',
      'log_campaigns_standing_known',
      'log_campaigns_stays',
      'log_campaigns_stopped',
    ],
  },
  log_checkpoints: {
    rights: 'SELECT, INSERT',
    parts: ['log_checkpoints_append_only', 'log_checkpoints_pk'],
  },
  log_leaves: {
    rights: 'SELECT, INSERT',
    parts: [
      'log_leaves_append_only',
      'log_leaves_of',
      'log_leaves_of_the_log',
      'log_leaves_pk',
      'log_leaves_restored',
      'log_leaves_reversed',
    ],
  },
  log_stamps: {
    rights: 'SELECT, INSERT',
    parts: ['log_stamps_append_only', 'log_stamps_by_size', 'log_stamps_pk'],
  },
  log_state: {
    rights: 'SELECT, UPDATE',
    parts: ['log_state_is_one', 'log_state_pk', 'log_state_published_is_committed', 'log_state_stays'],
  },
  log_tiles: {
    rights: 'SELECT, INSERT, UPDATE',
    parts: ['log_tiles_of_whole_hashes', 'log_tiles_pk', 'log_tiles_stays'],
  },
  login_users: {
    rights: 'SELECT, INSERT',
    parts: [
      'login_users_append_only',
      'login_users_may_go',
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
  payout_history: {
    rights: 'SELECT',
    parts: [],
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
  reconciliation_differences: {
    rights: 'SELECT',
    parts: ['reconciliation_differences_pk', 'reconciliation_differences_report_fk'],
  },
  reconciliation_reports: {
    rights: 'SELECT',
    parts: ['reconciliation_reports_pk', 'reconciliation_reports_unresolved'],
  },
  set_backs: {
    rights: 'SELECT, INSERT',
    parts: ['set_backs_append_only', 'set_backs_installation_unique', 'set_backs_pk'],
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
      'user_grants_note_changes',
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
      'waiting_entries_note_changes',
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
  webhook_campaigns: { rights: 'SELECT, INSERT, UPDATE, DELETE', parts: ['webhook_campaigns_pk'] },
  webhook_endpoints: {
    rights: 'SELECT, INSERT, UPDATE, DELETE',
    parts: [
      'webhook_endpoints_off_reason_known',
      'webhook_endpoints_off_with_reason',
      'webhook_endpoints_pk',
      'webhook_endpoints_secret_with_end',
      'webhook_endpoints_state_known',
    ],
  },
  webhook_events: {
    rights: 'SELECT, INSERT, UPDATE, DELETE',
    parts: ['webhook_events_by_age', 'webhook_events_event_id_unique', 'webhook_events_pk'],
  },
  webhook_progress: {
    rights: 'SELECT, UPDATE',
    parts: ['webhook_progress_is_one', 'webhook_progress_pk'],
  },
  webhook_replays: {
    rights: 'SELECT, INSERT, UPDATE, DELETE',
    parts: ['webhook_replays_endpoint_fk', 'webhook_replays_pk'],
  },
  webhook_retries: {
    rights: 'SELECT, INSERT, UPDATE, DELETE',
    parts: [
      'webhook_retries_due',
      'webhook_retries_endpoint_fk',
      'webhook_retries_event_fk',
      'webhook_retries_in_order',
      'webhook_retries_pk',
    ],
  },
} as const satisfies Readonly<Record<string, RequiredTable>>;
