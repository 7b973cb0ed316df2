import { Asset, Keypair, Operation } from '@stellar/stellar-sdk/base'
import { expect } from 'vitest'
import { formatAmount } from '../../../supabase/functions/_shared/contract/amount.ts'
import { submitOutside } from '../../support/outsider.ts'
import { keypairs } from '../../support/planted-company.ts'
import type { PayingCompany, PayingProject } from './paying-company.ts'

// What an account keeps for itself, and what one of its transactions costs.
const RESERVE = 10_000_000n
const FEE = 100n

let hired = 0

export type SentTransaction = {
  readonly id: string
  readonly source_account: string
  readonly channel_account: string | null
  readonly operation_count: number
  readonly submission_state: string
  readonly held_reason: string | null
  readonly proof: string | null
  readonly ledger: string | null
}

export function addresses(keys: readonly Keypair[]): string[] {
  return keys.map((key) => key.publicKey())
}

export type ChannelBench = ReturnType<typeof channelBench>

/** What tests of channel accounts do with a paying project. */
export function channelBench(project: PayingProject) {
  /** A company with channel accounts. With a memo of its own each of its three people is paid by a transaction of their own. */
  async function aCompanyWith(count: number, memos: 'own memos' | 'one memo' = 'own memos') {
    const company = await project.aCompany({ haveMemos: memos === 'own memos' })
    const channels: Keypair[] = []
    for (let index = 0; index < count; index++) channels.push(await project.aChannel(company))
    return { company, channels }
  }

  async function hire({ organizationId }: PayingCompany, count: number): Promise<void> {
    hired += 10_000
    const people = addresses(keypairs(1_000_000 + hired, count))
    await project.provider.sandbox.fund(people)
    await project.sql`
      insert into public.employees (organization_id, first_name, last_name, email, wallet_address, status, salary)
      select ${organizationId}, 'Person', number::text, 'person' || number || '@acme.example', account, 'active', 10
      from unnest(${people as string[]}::text[]) with ordinality as person (account, number)`
  }

  const ring = (company: PayingCompany) => project.disburse([company.treasury])

  /** Rings, with ledgers closing, until the run has ended; at most so many times. */
  async function finish(company: PayingCompany, run: number, rings = 40): Promise<void> {
    for (let count = 0; count < rings && (await stateOf(run)).status === 'processing'; count++) {
      project.provider.tick()
      await ring(company)
      // Somebody else's use of an account changes what it holds, and its history explains that.
      if (count % 10 === 9) await project.walk()
    }
  }

  /** What can go through the channels is handed over, and the provider keeps it to itself. */
  async function sendInVain(company: PayingCompany): Promise<void> {
    project.provider.lie({ route: 'submissions', kind: 'status', status: 504, stage: 'before', count: 'forever' })
    await ring(company)
    project.provider.tellTheTruth()
  }

  async function stateOf(run: number) {
    const [row] = await project.sql<{ status: string; failure_code: string | null; paid: number }[]>`
      select run.status, run.failure_code, (select count(*)::int from public.payroll_items as item
        where item.payroll_run_id = run.id and item.status = 'completed') as paid
      from public.payroll_runs as run where run.id = ${run}`
    if (row === undefined) throw new Error('There is no such run.')
    return row
  }

  function transactionsOf(run: number) {
    return project.sql<SentTransaction[]>`
      select id, source_account, channel_account, operation_count, submission_state, held_reason, proof, ledger
      from public.transactions where payroll_run_id = ${run} order by id`
  }

  /** How often the ledger says that the treasury of a company paid each account. */
  function paymentsFrom({ treasury }: PayingCompany): Map<string, number> {
    const paid = new Map<string, number>()
    for (let cursor: string | undefined; ; ) {
      const page = project.provider.sandbox.dump({
        account: treasury.publicKey(),
        ...(cursor === undefined ? {} : { cursor }),
      })
      for (const { successful, type, source, destination } of page.operations) {
        if (!successful || type !== 'payment' || source !== treasury.publicKey() || !destination) continue
        paid.set(destination, (paid.get(destination) ?? 0) + 1)
      }
      if (!page.next_cursor || page.operations.length === 0) return paid
      cursor = page.next_cursor
    }
  }

  async function xlmOf(account: Keypair): Promise<bigint> {
    const response = await fetch(`${project.provider.url}/accounts/${account.publicKey()}`)
    const { balances } = await response.json()
    return BigInt(String(balances.at(-1)?.balance).replace('.', ''))
  }

  /** The ledger says of every account what the books say; what the test itself sent away is no payment of PayD. */
  async function expectEqualBooks({ organizationId }: PayingCompany, sentAway = 0): Promise<void> {
    project.provider.tick(3)
    await project.look()
    await project.walk()
    const { sql } = project
    expect(await sql`select from public.ledger_differences where organization_id = ${organizationId}`).toHaveLength(
      sentAway,
    )
    expect(await sql`select from public.history_gaps where organization_id = ${organizationId}`).toHaveLength(0)
    expect(await sql`select from public.ledger_contradictions where organization_id = ${organizationId}`).toHaveLength(
      0,
    )
  }

  async function problemsOf({ organizationId }: PayingCompany): Promise<string[]> {
    const rows = await project.sql<{ problem: string }[]>`
      select problem from private.source_accounts where organization_id = ${organizationId} and problem is not null`
    return rows.map(({ problem }) => problem)
  }

  async function expectDoctor({ organizationId }: PayingCompany, kind: string): Promise<void> {
    const findings = await project.sql<{ kind: string }[]>`
      select kind from private.findings(${organizationId})`
    expect(findings.map((finding) => finding.kind)).toContain(kind)
  }

  async function aStranger(): Promise<Keypair> {
    const stranger = Keypair.random()
    await project.provider.sandbox.fund([stranger.publicKey()])
    return stranger
  }

  /** Sends away what the account can spend beyond so many stroops. */
  async function leave(account: Keypair, spendable: bigint): Promise<void> {
    const stroops = (await xlmOf(account)) - RESERVE - FEE - spendable
    const destination = (await aStranger()).publicKey()
    const payment = Operation.payment({ destination, asset: Asset.native(), amount: formatAmount(stroops) })
    await submitOutside(project.provider.sandbox, account, [payment])
  }

  async function fund(account: Keypair, amount: string): Promise<void> {
    const gift = Operation.payment({ destination: account.publicKey(), asset: Asset.native(), amount })
    await submitOutside(project.provider.sandbox, await aStranger(), [gift])
  }

  async function mergeAway(channel: Keypair, company: PayingCompany): Promise<void> {
    const destination = company.payees[0] ?? ''
    await submitOutside(project.provider.sandbox, channel, [Operation.accountMerge({ destination })])
  }

  async function resolve(company: PayingCompany, transaction_id: number): Promise<void> {
    const resolution = 'never_applied'
    // The project must have seen the last ledger that could take the transaction.
    await project.look()
    const evidence = 'Two explorers show the same.'
    const proposed = await company.max.supabase.rpc('propose_resolution', { transaction_id, resolution, evidence })
    expect(proposed.error).toBeNull()
    const confirmed = await company.mia.supabase.rpc('confirm_resolution', { transaction_id, resolution })
    expect(confirmed.error).toBeNull()
  }

  return {
    aCompanyWith,
    hire,
    finish,
    sendInVain,
    stateOf,
    transactionsOf,
    paymentsFrom,
    xlmOf,
    expectEqualBooks,
    problemsOf,
    expectDoctor,
    aStranger,
    leave,
    fund,
    mergeAway,
    resolve,
    ring,
  }
}
