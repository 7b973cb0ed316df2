import type { Horizon, HorizonAnswer } from './horizon.ts'
import type { AccountBalance, AccountState } from './horizon-records.ts'
import {
  accountKey,
  type CreditAsset,
  memoRequiredKey,
  readAccountEntry,
  readMemoRequiredEntry,
  readTrustlineEntry,
  trustlineKey,
} from './ledger-entries.ts'
import { type LedgerEntries, type LedgerRpc, MAX_KEYS } from './ledger-rpc.ts'
import { mapLimited } from './map-limited.ts'

/** An account to be read, with the issued assets that somebody keeps a wallet for. */
export type AccountToRead = { readonly account_id: string; readonly assets: readonly CreditAsset[] }

/** A Stellar account as of one ledger, or why the answer about it cannot be used. */
export type WalletState = { readonly account_id: string } & (
  | {
      readonly ledger: number
      readonly account_exists: boolean
      /** The last sequence number the account used, which tells what left it; null when there is no such account. */
      readonly sequence: string | null
      readonly balances: readonly AccountBalance[]
      /** Whether it asks for a memo on every payment; null when the answer does not say. */
      readonly memo_required: boolean | null
      /** The assets that were asked for, where not all were. */
      readonly assets?: readonly CreditAsset[]
    }
  | { readonly problem: 'no_answer' | 'balance_unreadable' }
)

/** What was read. A provider that sent us away is not asked for the rest. */
export type WalletStates = { readonly states: readonly WalletState[]; readonly isSentAway: boolean }

/**
 * Reads accounts through RPC: up to 200 entries a question, all as of one ledger. Every account costs its own entry, the one that
 * asks for memos, and one for each asset.
 */
export async function readByRpc(rpc: LedgerRpc, accounts: readonly AccountToRead[]): Promise<WalletStates> {
  const states: WalletState[] = []
  for (const batch of batchesOf(accounts)) {
    const answer = await rpc.entries(batch.flatMap(keysOf))
    if (answer.kind === 'sent_away') return { states, isSentAway: true }
    if (answer.kind === 'silent') {
      states.push(...batch.map(({ account_id }) => ({ account_id, problem: 'no_answer' }) as const))
    } else {
      states.push(...batch.map((account) => stateOf(account, answer.value)))
    }
  }
  return { states, isSentAway: false }
}

/** The state of an account that Horizon answered with; null when the provider sent us away. */
export function stateOfAnswer(account_id: string, answer: HorizonAnswer<AccountState>): WalletState | null {
  switch (answer.kind) {
    case 'answered': {
      const { ledger, sequence, balances, memo_required } = answer.value
      // An answer without its ledger is of no use: it could be older than what is stored.
      if (ledger === null || answer.value.account_id !== account_id) return { account_id, problem: 'no_answer' }
      return { account_id, ledger, account_exists: true, sequence, balances, memo_required }
    }
    case 'not_found':
      if (answer.latestLedger === null) return { account_id, problem: 'no_answer' }
      return { account_id, ledger: answer.latestLedger, ...NO_ACCOUNT }
    case 'refused':
      return answer.status === 429 ? null : { account_id, problem: 'no_answer' }
    case 'silent':
      return { account_id, problem: answer.reason === 'malformed' ? 'balance_unreadable' : 'no_answer' }
    default:
      return answer satisfies never
  }
}

/** Reads accounts through Horizon, one question each, `concurrency` at the same time. */
export async function readByHorizon(
  horizon: Horizon,
  accounts: readonly { readonly account_id: string }[],
  concurrency: number,
): Promise<WalletStates> {
  let isSentAway = false
  const states = await mapLimited(accounts, concurrency, async ({ account_id }) => {
    if (isSentAway) return null
    const state = stateOfAnswer(account_id, await horizon.account(account_id))
    isSentAway ||= state === null
    return state
  })
  return { states: states.filter((state) => state !== null), isSentAway }
}

const NO_ACCOUNT = { account_exists: false, sequence: null, balances: [], memo_required: false } as const

/** Accounts in batches whose keys fit into one question. */
function batchesOf(accounts: readonly AccountToRead[]): AccountToRead[][] {
  const batches: AccountToRead[][] = []
  let room = 0
  for (const account of accounts) {
    const needed = 2 + account.assets.length
    // An account with more assets than fit is read without those behind.
    const fitting = needed <= MAX_KEYS ? account : { ...account, assets: account.assets.slice(0, MAX_KEYS - 2) }
    if (needed > room) {
      batches.push([])
      room = MAX_KEYS
    }
    batches.at(-1)?.push(fitting)
    room -= needed
  }
  return batches
}

function keysOf({ account_id, assets }: AccountToRead): readonly string[] {
  return [
    accountKey(account_id),
    memoRequiredKey(account_id),
    ...assets.map((asset) => trustlineKey(account_id, asset)),
  ]
}

function stateOf({ account_id, assets }: AccountToRead, { ledger, entries }: LedgerEntries): WalletState {
  const found = entries.get(accountKey(account_id))
  if (found === undefined) return { account_id, ledger, ...NO_ACCOUNT, assets }
  const account = readAccountEntry(found)
  const lines = assets.map((asset) => {
    const entry = entries.get(trustlineKey(account_id, asset))
    return entry === undefined ? 'absent' : readTrustlineEntry(entry, asset)
  })
  if (account === null || lines.includes(null)) return { account_id, problem: 'balance_unreadable' }
  const memo = entries.get(memoRequiredKey(account_id))
  return {
    account_id,
    ledger,
    account_exists: true,
    sequence: account.sequence,
    balances: [account.native, ...lines.filter((line) => line !== 'absent' && line !== null)],
    memo_required: memo === undefined ? false : readMemoRequiredEntry(memo),
    assets,
  }
}
