/** Transaction result codes of the network, by the names Horizon gives them. */
export const TX = {
  fee_bump_inner_success: 1,
  success: 0,
  failed: -1,
  too_early: -2,
  too_late: -3,
  missing_operation: -4,
  bad_seq: -5,
  bad_auth: -6,
  insufficient_balance: -7,
  no_source_account: -8,
  insufficient_fee: -9,
  bad_auth_extra: -10,
  internal_error: -11,
  not_supported: -12,
  fee_bump_inner_failed: -13,
  bad_sponsorship: -14,
  bad_minseq_age_or_gap: -15,
  malformed: -16,
  soroban_invalid: -17,
  frozen_key_accessed: -18,
} as const

/** A code that ends a transaction without operation results. */
export type TxErrorCode = Exclude<(typeof TX)[keyof typeof TX], 1 | 0 | -1 | -13>

/** Codes an operation can have without having been executed. */
export const OP = {
  bad_auth: -1,
  no_source_account: -2,
  not_supported: -3,
  too_many_subentries: -4,
  exceeded_work_limit: -5,
  too_many_sponsoring: -6,
} as const

const TX_NAMES = new Map<number, string>(Object.entries(TX).map(([name, code]) => [code, `tx_${name}`]))
const OP_NAMES = new Map<number, string>(Object.entries(OP).map(([name, code]) => [code, `op_${name}`]))

// By operation type, the names of the inner codes -1, -2, …; 0 is op_success for every type.
const INNER_NAMES: Readonly<Record<number, readonly string[]>> = {
  0: ['op_malformed', 'op_underfunded', 'op_low_reserve', 'op_already_exists'],
  1: [
    'op_malformed',
    'op_underfunded',
    'op_src_no_trust',
    'op_src_not_authorized',
    'op_no_destination',
    'op_no_trust',
    'op_not_authorized',
    'op_line_full',
    'op_no_issuer',
  ],
  5: [
    'op_low_reserve',
    'op_too_many_signers',
    'op_bad_flags',
    'op_invalid_inflation',
    'op_cant_change',
    'op_unknown_flag',
    'op_threshold_out_of_range',
    'op_bad_signer',
    'op_invalid_home_domain',
    'op_auth_revocable_required',
  ],
  6: ['op_malformed', 'op_no_issuer', 'op_invalid_limit', 'op_low_reserve', 'op_self_not_allowed'],
  8: [
    'op_malformed',
    'op_no_account',
    'op_immutable_set',
    'op_has_sub_entries',
    'op_seq_num_too_far',
    'op_dest_full',
    'op_is_sponsor',
  ],
  10: ['op_not_supported_yet', 'op_data_name_not_found', 'op_low_reserve', 'op_data_invalid_name'],
  11: ['op_bad_seq'],
  14: ['op_malformed', 'op_low_reserve', 'op_no_trust', 'op_not_authorized', 'op_underfunded'],
  15: ['op_does_not_exist', 'op_cannot_claim', 'op_line_full', 'op_no_trust', 'op_not_authorized'],
  19: ['op_malformed', 'op_not_clawback_enabled', 'op_no_trust', 'op_underfunded'],
  20: ['op_does_not_exist', 'op_no_issuer', 'op_not_clawback_enabled'],
  21: ['op_malformed', 'op_no_trust', 'op_cant_revoke', 'op_invalid_state', 'op_low_reserve'],
}

/** Horizon's name of a transaction result code, such as `tx_bad_seq`. */
export function txCodeName(code: number): string {
  return TX_NAMES.get(code) ?? `tx_unknown_${code}`
}

/** Horizon's name of an operation result code: of the outer code, or of the inner one when the outer is 0. */
export function opCodeName(type: number, outer: number, inner: number): string {
  if (outer !== 0) return OP_NAMES.get(outer) ?? `op_unknown_${outer}`
  if (inner === 0) return 'op_success'
  return INNER_NAMES[type]?.[-inner - 1] ?? `op_unknown_${type}_${inner}`
}
