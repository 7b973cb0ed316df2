import { type Asset, AuthRevocableFlag, type Keypair, Operation, type xdr } from '@stellar/stellar-sdk/base'
import { formatAmount } from '../../../supabase/functions/_shared/contract/amount.ts'
import { keypairs, type Payee, type PlantedProject } from '../planted-company.ts'
import { submitTogether } from './outside.ts'

/** What becomes of somebody: paid, paid into a balance that waits on the ledger, or not paid for this reason. */
export type Fate = 'paid' | 'set_aside' | string

/** A kind of payee: what the account is like before anything is read of it, and what becomes of the salary. */
type Kind = { readonly fate: Fate; readonly hasAccount?: false; readonly isLate?: true }

const KINDS = {
  good: { fate: 'paid' },
  // Of a salary in XLM.
  new: { fate: 'paid', hasAccount: false },
  poor_new: { fate: 'op_low_reserve', hasAccount: false },
  // The account of an exchange, which wants a memo.
  customer: { fate: 'paid' },
  memoless: { fate: 'memo_required' },
  // Of a salary in an issued asset.
  absent: { fate: 'op_no_destination', hasAccount: false },
  untrusting: { fate: 'op_no_trust' },
  frozen: { fate: 'op_not_authorized' },
  full: { fate: 'op_line_full' },
  // Where salaries are set aside.
  absent_aside: { fate: 'set_aside', hasAccount: false },
  untrusting_aside: { fate: 'set_aside' },
  // What happens after the account was read and the payment was signed.
  merged_late: { fate: 'op_no_destination', isLate: true },
  untrusting_late: { fate: 'op_no_trust', isLate: true },
  frozen_late: { fate: 'op_not_authorized', isLate: true },
  full_late: { fate: 'op_line_full', isLate: true },
} as const satisfies Record<string, Kind>
export type KindOfPayee = keyof typeof KINDS

/** The kinds that a company has besides good ones: late ones once each among the first, the others in turn. */
export type Mixture = { readonly late: readonly KindOfPayee[]; readonly others: readonly KindOfPayee[] }

export const PAID_IN_XLM: Mixture = {
  late: ['merged_late', 'merged_late'],
  others: ['poor_new', 'new', 'memoless', 'customer'],
}
export const PAID_IN_USD: Mixture = {
  late: ['merged_late', 'untrusting_late', 'frozen_late', 'full_late'],
  others: ['absent', 'untrusting', 'frozen', 'full', 'memoless', 'customer'],
}
export const SETTING_ASIDE: Mixture = {
  late: ['frozen_late'],
  others: ['absent_aside', 'frozen', 'untrusting_aside', 'full'],
}

export type PaydayPayee = Payee & { readonly kind: KindOfPayee; readonly fate: Fate; readonly key: Keypair }

/** So many people, of whom every `oddEvery`-th is of another kind; each salary differs from every other one. */
export function payeesOf(
  mixture: Mixture,
  { first, count, oddEvery }: { readonly first: number; readonly count: number; readonly oddEvery: number },
): readonly PaydayPayee[] {
  const [exchange, ...keys] = keypairs(first, count + 1)
  return keys.map((own, index) => {
    const odd = index % oddEvery === 0 ? index / oddEvery : null
    const late = mixture.late[index - 1]
    const kind = late ?? (odd === null ? 'good' : (mixture.others[odd % mixture.others.length] ?? 'good'))
    // An exchange has one account for all of its customers.
    const key = kind === 'customer' ? (exchange ?? own) : own
    const stroops = BigInt(index + 1) + (kind === 'new' ? 20_000_000n : kind === 'poor_new' ? 1_000n : 5_000_000n)
    return {
      key,
      kind,
      fate: KINDS[kind].fate,
      address: key.publicKey(),
      salary: formatAmount(stroops),
      ...(kind === 'customer' ? { memo: { type: 'id', value: String(index) } as const } : {}),
    }
  })
}

/** Makes the accounts what they are before the payday. */
export async function openAccounts(
  project: PlantedProject,
  payees: readonly PaydayPayee[],
  asset: { readonly asset: Asset; readonly issuer: Keypair } | null,
): Promise<void> {
  const { sandbox } = project
  const existing = payees.filter(({ kind }) => !('hasAccount' in KINDS[kind]))
  await sandbox.fund([...new Set(existing.map(({ address }) => address))])
  const wanting = existing.filter(({ kind }) => kind === 'memoless' || kind === 'customer')
  await submitTogether(sandbox, oncePerAccount(wanting, memoRequired))
  if (asset === null) return
  const trusting = existing.filter(({ kind }) => kind !== 'untrusting' && kind !== 'untrusting_aside')
  await submitTogether(
    sandbox,
    oncePerAccount(trusting, ({ kind, address: source }) =>
      Operation.changeTrust({ asset: asset.asset, source, ...(kind === 'full' ? { limit: '0.1' } : {}) }),
    ),
  )
  const { issuer } = asset
  const revocable = Operation.setOptions({ setFlags: AuthRevocableFlag, source: issuer.publicKey() })
  await submitTogether(sandbox, [{ key: issuer, operation: revocable }])
  await freeze(
    project,
    asset,
    existing.filter(({ kind }) => kind === 'frozen'),
  )
}

/** What happens to the accounts after their payment was signed. */
export async function happenLate(
  project: PlantedProject,
  payees: readonly PaydayPayee[],
  asset: { readonly asset: Asset; readonly issuer: Keypair } | null,
): Promise<void> {
  const of = (kind: KindOfPayee) => payees.filter((payee) => payee.kind === kind)
  const own = (kind: KindOfPayee, operations: (source: string) => readonly xdr.Operation[]) =>
    of(kind).flatMap(({ key, address }) => operations(address).map((operation) => ({ key, operation })))
  const destination = payees.find(({ kind }) => kind === 'good')?.address ?? ''
  const noTrust = (source: string) =>
    asset === null ? [] : [Operation.changeTrust({ asset: asset.asset, limit: '0', source })]
  await submitTogether(project.sandbox, [
    ...own('merged_late', (source) => [...noTrust(source), Operation.accountMerge({ destination, source })]),
    ...own('untrusting_late', noTrust),
    ...own('full_late', (source) =>
      asset === null ? [] : [Operation.changeTrust({ asset: asset.asset, limit: '0.0000001', source })],
    ),
  ])
  if (asset !== null) await freeze(project, asset, of('frozen_late'))
}

async function freeze(
  { sandbox }: PlantedProject,
  { asset, issuer }: { readonly asset: Asset; readonly issuer: Keypair },
  payees: readonly PaydayPayee[],
): Promise<void> {
  const source = issuer.publicKey()
  await submitTogether(
    sandbox,
    payees.map(({ address: trustor }) => ({
      key: issuer,
      operation: Operation.setTrustLineFlags({ trustor, asset, flags: { authorized: false }, source }),
    })),
  )
}

function memoRequired({ address: source }: PaydayPayee): xdr.Operation {
  return Operation.manageData({ name: 'config.memo_required', value: '1', source })
}

function oncePerAccount(payees: readonly PaydayPayee[], operationOf: (payee: PaydayPayee) => xdr.Operation) {
  const accounts = new Map(payees.map((payee) => [payee.address, payee]))
  return [...accounts.values()].map((payee) => ({ key: payee.key, operation: operationOf(payee) }))
}
