import { expect, test } from 'vitest'
import type { AccountState } from '../../supabase/functions/_shared/stellar/horizon-records.ts'
import { channelProblem } from '../../supabase/functions/payroll-disburse/channel-state.ts'
import { address } from '../support/plans.ts'

const FEE = 100_000n

function channel(balance: string, keeping: Partial<NonNullable<AccountState['keeping']>> = {}): AccountState {
  return {
    account_id: address(1),
    sequence: '7',
    ledger: 10,
    balances: [
      {
        asset_code: 'XLM',
        asset_issuer: '',
        balance,
        limit: null,
        buying_liabilities: '0.0000000',
        selling_liabilities: '0.0000000',
        is_authorized: true,
      },
    ],
    keeping: {
      subentry_count: 0,
      num_sponsoring: 0,
      num_sponsored: 0,
      signer_count: 1,
      weight: 1,
      threshold: 0,
      ...keeping,
    },
    signers: null,
    memo_required: false,
  }
}

test.each([
  ['the fee above its reserve to the last stroop', channel('1.0100000'), null],
  ['one stroop less', channel('1.0099999'), 'short_of_fees'],
  ['the fee, and an entry more to keep', channel('1.0100000', { subentry_count: 1 }), 'short_of_fees'],
  ['the fee, and another that keeps an entry for it', channel('0.5100000', { num_sponsored: 1 }), null],
  ['money, and a key without weight', channel('9.0000000', { weight: 0 }), 'weight_too_low'],
  [
    'money, and a key that weighs less than the account wants',
    channel('9.0000000', { threshold: 2 }),
    'weight_too_low',
  ],
  ['what the server does not say', { ...channel('0.0000000'), keeping: null }, null],
] as const)('a channel account with %s', (_name, state, problem) => {
  expect(channelProblem(state, FEE)).toBe(problem)
})
