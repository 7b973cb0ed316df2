import { formatAmount, parseAmount } from '../../../supabase/functions/_shared/contract/amount.ts'
import type { DumpedFee, DumpedOperation } from '../../../tools/sandbox/dump.ts'
import type { Payday, PaydayCompany } from './payday.ts'

/** What the ledger and the books say of a company after its payday, and what should be there, in lines that can be compared. */
export type Judgement = {
  readonly expected: Account
  readonly found: Account
  readonly transactions: number
  readonly inVain: number
}

type Account = {
  /** Everybody who was paid, with the amount, as often as it left the treasury. */
  readonly paid: readonly string[]
  /** Everybody for whom an amount waits on the ledger. */
  readonly setAside: readonly string[]
  /** Every item with its end and, where it was not paid, the reason. */
  readonly items: readonly string[]
  /** What left the treasury in its asset, and the fees. */
  readonly spent: string
  readonly fees: string
  /** What differs between the history of the treasury and the books of PayD. */
  readonly differences: number
}

/** Judges one company on the ledger. */
export async function judge(payday: Payday, company: PaydayCompany): Promise<Judgement> {
  const { payees } = company
  const { operations, fees } = dumpOf(payday, company)
  const left = operations.filter(({ successful, source }) => successful && source === company.treasury.publicKey())
  const of = (...types: readonly string[]) => left.filter(({ type }) => types.includes(type))
  const payments = of('payment', 'create_account')
  const waiting = await Promise.all(of('create_claimable_balance').map((one) => claimantOf(payday, one)))
  const fee = fees.reduce((sum, { fee_charged }) => sum + BigInt(fee_charged), 0n)
  const spent = [...payments, ...of('create_claimable_balance')].reduce(
    (sum, one) => sum + parseAmount(one.amount ?? '0'),
    0n,
  )
  const fate = (wanted: string) => payees.filter((payee) => payee.fate === wanted)
  const due = [...fate('paid'), ...fate('set_aside')].reduce((sum, { salary }) => sum + parseAmount(salary), 0n)
  const hashes = new Map(left.map((one) => [one.hash, one]))
  const tried = new Map(
    operations.filter(({ source }) => source === company.treasury.publicKey()).map((one) => [one.hash, one.successful]),
  )
  return {
    expected: {
      paid: fate('paid').map(lineOf).toSorted(),
      setAside: fate('set_aside').map(lineOf).toSorted(),
      items: payees
        .map(({ address, salary, fate: end }) =>
          end === 'paid' || end === 'set_aside'
            ? `${address} ${salary} completed`
            : `${address} ${salary} failed ${end}`,
        )
        .toSorted(),
      spent: formatAmount(due),
      fees: await feesInBooks(payday, company),
      differences: 0,
    },
    found: {
      paid: payments.map(({ destination, amount }) => `${destination} ${amount}`).toSorted(),
      setAside: waiting.toSorted(),
      items: (await itemsOf(payday, company, hashes)).toSorted(),
      spent: formatAmount(spent),
      fees: formatAmount(fee),
      differences: await differencesOf(payday, company),
    },
    transactions: tried.size,
    inVain: [...tried.values()].filter((successful) => !successful).length,
  }
}

function lineOf({ address, salary }: { readonly address: string; readonly salary: string }): string {
  return `${address} ${salary}`
}

/** All that touched the treasury since its money came in. */
function dumpOf({ project }: Payday, { treasury }: PaydayCompany) {
  const operations: DumpedOperation[] = []
  const fees: DumpedFee[] = []
  for (let cursor: string | undefined; ; ) {
    const page = project.sandbox.dump({ account: treasury.publicKey(), ...(cursor === undefined ? {} : { cursor }) })
    operations.push(...page.operations)
    fees.push(...page.fees)
    if (page.next_cursor === null) break
    cursor = page.next_cursor
  }
  // The treasury's own trustline is no payment of PayD.
  const own = new Set(operations.filter(({ type }) => type === 'change_trust').map(({ hash }) => hash))
  return {
    operations: operations.filter(({ hash }) => !own.has(hash)),
    fees: fees.filter(({ hash, account }) => account === treasury.publicKey() && !own.has(hash)),
  }
}

/** Who can claim a balance, and how much, as the network says. */
async function claimantOf({ project }: Payday, { balance_id, amount, source }: DumpedOperation): Promise<string> {
  const answer = await fetch(`${project.sandbox.url}/claimable_balances/${balance_id}`)
  const { claimants, amount: held } = (await answer.json()) as {
    readonly claimants: readonly { readonly destination: string }[]
    readonly amount: string
  }
  const others = claimants.map(({ destination }) => destination).filter((destination) => destination !== source)
  return `${others.join(' ')} ${held === amount ? held : `${held} of ${amount}`}`
}

/** Every item as its company sees it; one that says that it was paid names the transaction that did. */
async function itemsOf({ project }: Payday, { run }: PaydayCompany, paying: ReadonlyMap<string, DumpedOperation>) {
  const rows = await project.sql<
    {
      destination: string
      amount: string
      status: string
      failure_code: string
      failure_reason: string
      tx_hash: string
    }[]
  >`
    select item.destination, item.amount::text, item.status, item.failure_code, item.failure_reason, transaction.tx_hash
    from public.payroll_items as item
    left join public.transaction_operations as operation on operation.id = item.transaction_operation_id
    left join public.transactions as transaction on transaction.id = operation.transaction_id
    where item.payroll_run_id = ${run}`
  return rows.map(({ destination, amount, status, failure_code, failure_reason, tx_hash }) => {
    const end = `${destination} ${amount} ${status}`
    if (status === 'completed') return paying.has(tx_hash) ? end : `${end} without a transaction`
    return `${end} ${failure_reason?.length > 20 ? failure_code : 'without a reason'}`
  })
}

/** The fees that PayD says the treasury paid. */
async function feesInBooks({ project }: Payday, { treasury }: PaydayCompany): Promise<string> {
  const [row] = await project.sql<{ stroops: string }[]>`
    select coalesce(sum(fee_charged_stroops), 0)::text as stroops from public.transactions
    where source_account = ${treasury.publicKey()}`
  return formatAmount(BigInt(row?.stroops ?? '0'))
}

async function differencesOf({ project }: Payday, { treasury }: PaydayCompany): Promise<number> {
  const [row] = await project.sql<{ found: number }[]>`
    select ((select count(*) from public.ledger_differences where account_id = ${treasury.publicKey()})
      + (select count(*) from public.history_gaps where account_id = ${treasury.publicKey()})
      + (select count(*) from public.ledger_contradictions where source_account = ${treasury.publicKey()}))::int as found`
  return row?.found ?? -1
}
