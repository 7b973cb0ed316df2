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

const PAYMENT = [
  'op_malformed',
  'op_underfunded',
  'op_src_no_trust',
  'op_src_not_authorized',
  'op_no_destination',
  'op_no_trust',
  'op_not_authorized',
  'op_line_full',
  'op_no_issuer',
]

const OFFER = [
  'op_malformed',
  'op_sell_no_trust',
  'op_buy_no_trust',
  'sell_not_authorized',
  'buy_not_authorized',
  'op_line_full',
  'op_underfunded',
  'op_cross_self',
  'op_sell_no_issuer',
  'buy_no_issuer',
  'op_offer_not_found',
  'op_low_reserve',
]

// By operation type, the names of the inner codes -1, -2, …; 0 is op_success for every type.
const INNER_NAMES: Readonly<Record<number, readonly string[]>> = {
  0: ['op_malformed', 'op_underfunded', 'op_low_reserve', 'op_already_exists'],
  1: PAYMENT,
  2: [...PAYMENT, 'op_too_few_offers', 'op_cross_self', 'op_over_source_max'],
  3: OFFER,
  4: OFFER,
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
  7: ['op_malformed', 'op_no_trust', 'op_not_required', 'op_cant_revoke', 'op_self_not_allowed', 'op_low_reserve'],
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
  16: ['op_malformed', 'op_already_sponsored', 'op_recursive'],
  17: ['op_not_sponsored'],
  18: ['op_does_not_exist', 'op_not_sponsor', 'op_low_reserve', 'op_only_transferable', 'op_malformed'],
  12: OFFER,
  13: [...PAYMENT, 'op_too_few_offers', 'op_cross_self', 'op_under_dest_min'],
  14: ['op_malformed', 'op_low_reserve', 'op_no_trust', 'op_not_authorized', 'op_underfunded'],
  15: ['op_does_not_exist', 'op_cannot_claim', 'op_line_full', 'op_no_trust', 'op_not_authorized'],
  19: ['op_malformed', 'op_not_clawback_enabled', 'op_no_trust', 'op_underfunded'],
  20: ['op_does_not_exist', 'op_no_issuer', 'op_not_clawback_enabled'],
  24: ['op_malformed', 'function_trapped', 'resource_limit_exceeded', 'entry_archived', 'insufficient_refundable_fee'],
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
