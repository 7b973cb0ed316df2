import type { HorizonAnswer } from './horizon.ts'
import type { AccountState } from './horizon-records.ts'

// An account and the root of a provider are asked for at the same time, and a ledger may close between the answers.
const LAG_LEDGERS = 1

type Answered = Extract<HorizonAnswer<AccountState>, { kind: 'answered' }>

/** Whether an account was answered as it is in the latest ledger: an instance that lags may not know its money or its signers yet. */
export function isCurrent(account: HorizonAnswer<AccountState>, latestLedger: number): account is Answered {
  return account.kind === 'answered' && (account.value.ledger ?? 0) + LAG_LEDGERS >= latestLedger
}
