import { Keypair, TransactionBuilder } from '@stellar/stellar-sdk/base'
import { createClient, type SupabaseClient } from '@supabase/supabase-js'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { CLIENT_OPTIONS } from '../../supabase/functions/_shared/worker/rpc.ts'
import { buildTransaction } from '../../supabase/functions/payroll-disburse/build.ts'
import type { PlannedPayment } from '../../supabase/functions/payroll-disburse/database.ts'
import { payingOperation } from '../../supabase/functions/payroll-disburse/operations.ts'
import { loadKeys } from '../../tools/stack/keys.ts'
import { sequenceOf } from '../support/outsider.ts'
import { resultOfSuccess } from './support/made-up-results.ts'
import { type PayingCompany, type PayingProject, payingProject } from './support/paying-company.ts'

// Somebody holds the service key, and with it every function that workers call, but no key of a treasury. What is tried, one line
// each, and what must not happen: money at an address that was not approved, an end that no ledger proves, another worker's transaction ended.
const thief = Keypair.random()
let project: PayingProject
let company: PayingCompany
let service: SupabaseClient
let run: number
let lease: { readonly source_account: string; readonly lease_token: string; readonly payroll_run_id: number }
let plan: readonly PlannedPayment[]
/** What an honest worker would build on. */
let sequence_number: string
let max_ledger: number

beforeAll(async () => {
  project = await payingProject()
  service = createClient(project.stack.url, (await loadKeys(project.stack.dataDir)).secret, CLIENT_OPTIONS)
  await project.provider.sandbox.fund([thief.publicKey()])
  company = await project.aCompany()
  run = await company.startRun()
  sequence_number = (BigInt(await sequenceOf(project.provider.sandbox, company.treasury.publicKey())) + 1n).toString()
  const root = await (await fetch(project.provider.url)).json()
  max_ledger = root.history_latest_ledger + 20
})

beforeEach(async () => {
  await project.sql`update private.source_accounts set next_check_at = now(), lease_token = null, leased_until = null`
  const [claimed] = await given<(typeof lease)[]>('claim_disbursement', {})
  if (claimed === undefined) throw new Error('There is nothing to claim.')
  lease = claimed
  const { payroll_run_id, lease_token } = lease
  const planned = await given<PlannedPayment[]>('plan_operations', { payroll_run_id, lease_token })
  // Once the transaction is written nothing is left to plan.
  if (planned.length > 0) plan = planned
})

afterAll(async () => {
  // Whatever was tried: an honest worker pays each employee once, and the thief got nothing.
  await project.disburse([company.treasury])
  for (let rings = 0; rings < 3; rings++) {
    project.provider.tick()
    await project.disburse([company.treasury])
  }
  expect(company.timesPaid()).toEqual([1, 1, 1])
  const { operations } = project.provider.sandbox.dump({ account: thief.publicKey() })
  expect(operations.filter(({ source }) => source === company.treasury.publicKey())).toEqual([])
  await project?.close()
})

describe('money for the thief', () => {
  test.each<readonly [string, () => Promise<string>, string]>([
    [
      'an envelope that pays the thief, beside the honest list',
      () => persist(stolen(), plan),
      'envelope_differs_from_plan',
    ],
    [
      'an honest envelope, beside a list that pays the thief',
      () => persist(honest(), toThief()),
      'operations_differ_from_plan',
    ],
    ['both pay the thief', () => persist(stolen(), toThief()), 'operations_differ_from_plan'],
    ['the honest list twice over', () => persist(honest(), [...plan, ...plan]), 'operations_differ_from_plan'],
    [
      'a larger amount for a real employee',
      () => persist(honest(), changed({ amount: '9999.0000000' })),
      'operations_differ_from_plan',
    ],
    [
      'another asset',
      () => persist(honest(), changed({ asset_code: 'EUR', asset_issuer: thief.publicKey() })),
      'operations_differ_from_plan',
    ],
    [
      'the envelope of the plan with a memo of the thief',
      () => persist(built({ memo_type: 'text', memo: 'mine' }), plan),
      'envelope_differs_from_plan',
    ],
    [
      'the envelope of the plan from the account of the thief',
      () => persist(built({ source_account: thief.publicKey() }), plan),
      'envelope_differs_from_plan',
    ],
    ['the plan under a token that was made up', () => persist(honest(), plan, crypto.randomUUID()), 'lease_lost'],
  ])('%s is not written', async (_what, attempt, refusal) => {
    expect(await attempt()).toBe(refusal)
    expect(await project.sql`select from public.transactions`).toHaveLength(0)
  })

  test.each([
    'employees',
    'payroll_items',
    'payroll_runs',
    'payroll_run_approvals',
    'wallets',
    'wallet_changes',
    'transactions',
    'transaction_operations',
    'ledger_contradictions',
    'users',
    'organizations',
  ])('no row of %s is written through the data API', async (table) => {
    const column = table === 'organizations' ? 'id' : 'organization_id'
    const change = table === 'organizations' ? { name: 'Thieves' } : { organization_id: company.organizationId }
    const changes = [
      service
        .from(table)
        .update(change as never)
        .gt(column, 0),
      service.from(table).insert(change as never),
      service.from(table).delete().gt(column, 0),
    ]
    for (const { error } of await Promise.all(changes)) expect(error?.code).toBe('42501')
  })

  test.each<readonly [string, () => Record<string, unknown>]>([
    ['approve_payroll_run', () => ({ payroll_run_id: run, content_hash: 'x' })],
    ['disburse_payroll_run', () => ({ payroll_run_id: run })],
    ['retry_payroll_run', () => ({ payroll_run_id: run, source_account: thief.publicKey() })],
    ['create_employee', () => ({ fields: { first_name: 'A', last_name: 'Thief', email: 'thief@acme.example' } })],
    ['add_bonus', () => ({ payroll_run_id: run, employee_id: 1, amount: '1' })],
    ['confirm_wallet_change', () => ({ wallet_change_id: 1 })],
    ['propose_resolution', () => ({ transaction_id: 1, resolution: 'never_applied', evidence: 'Trust me.' })],
    ['confirm_resolution', () => ({ transaction_id: 1, resolution: 'never_applied' })],
    ['resolve_ledger_contradiction', () => ({ contradiction_id: 1, verdict: 'paid', reason: 'Trust me.' })],
    ['accept_history_gap', () => ({ gap_id: 1, reason: 'Trust me.' })],
  ])('the service may not call %s', async (name, args) => {
    const { error } = await service.rpc(name, args())
    expect(error?.code).toBe('42501')
  })
})

describe('a transaction that was written honestly', () => {
  let id: number
  let envelope: string

  beforeAll(async () => {
    // beforeEach runs after this, so the lease is taken here as well.
    await project.sql`update private.source_accounts set next_check_at = now(), lease_token = null, leased_until = null`
    const [claimed] = await given<(typeof lease)[]>('claim_disbursement', {})
    if (claimed !== undefined) lease = claimed
    const { payroll_run_id, lease_token } = lease
    plan = await given<PlannedPayment[]>('plan_operations', { payroll_run_id, lease_token })
    expect(await persist(honest(), plan)).toBe('accepted')
    const [row] = await project.sql<
      { id: string; envelope_xdr: string }[]
    >`select id, envelope_xdr from public.transactions`
    id = Number(row?.id)
    envelope = row?.envelope_xdr ?? ''
  })

  test.each<readonly [string, () => string, string]>([
    ['without a signature', () => envelope, 'signature_invalid'],
    ['signed by the thief', () => signedBy(envelope, thief), 'signature_invalid'],
    [
      'exchanged for one that pays the thief',
      () => signedBy(stolen().envelope_xdr, thief),
      'envelope_differs_from_plan',
    ],
    ['around which the thief puts a fee bump', () => bumped(signedBy(envelope, thief)), 'envelope_differs_from_plan'],
    ['as a text', () => 'AAAA', 'envelope_differs_from_plan'],
  ])('is not sent %s', async (_how, sent, refusal) => {
    const answer = await call('begin_submission', {
      transaction_id: id,
      lease_token: lease.lease_token,
      signed_envelope_xdr: sent(),
    })
    expect([refusal, 'invalid_transaction', 'signature_invalid']).toContain(answer)
    expect(await project.sql`select from public.transactions where attempts > 0`).toHaveLength(0)
  })

  const ledger = 7
  test.each<readonly [string, () => Record<string, unknown>]>([
    ['was found, by an envelope without signatures', () => found(envelope)],
    ['was found, signed by the thief', () => found(signedBy(envelope, thief))],
    ['was found, by an envelope that pays the thief', () => found(signedBy(stolen().envelope_xdr, thief))],
    [
      'was found, with a result of another length',
      () => ({ ...found(signedBy(envelope, thief)), result_xdr: resultOfSuccess(1) }),
    ],
    ['was found in a ledger in which it is not valid', () => ({ ...found(envelope), ledger: 4_000_000 })],
    [
      'was never applied, before its last ledger',
      () => ({ proof: 'sequence_unused_after_bounds', observed_ledger: ledger, observed_sequence: '1' }),
    ],
    [
      'was never applied, by a time that was made up',
      () => ({
        proof: 'sequence_unused_after_bounds',
        observed_ledger: ledger,
        observed_sequence: '1',
        observed_closed_at: '2020-01-01T00:00:00Z',
      }),
    ],
    [
      'was never applied, by a sequence that is text',
      () => ({ proof: 'sequence_unused_after_bounds', observed_ledger: 4_000_000, observed_sequence: 'none' }),
    ],
    [
      'gave its number to a transaction of the thief',
      () => ({ proof: 'sequence_used_by_other', other_ledger: ledger, other_envelope_xdr: signedBy(other(), thief) }),
    ],
    [
      'gave its number to a transaction without signatures',
      () => ({ proof: 'sequence_used_by_other', other_ledger: ledger, other_envelope_xdr: other() }),
    ],
    [
      'gave its number to itself',
      () => ({ proof: 'sequence_used_by_other', other_ledger: ledger, other_envelope_xdr: envelope }),
    ],
    [
      'gave its number to a text',
      () => ({ proof: 'sequence_used_by_other', other_ledger: ledger, other_envelope_xdr: 'AAAA' }),
    ],
    ['ended as two people said', () => ({ proof: 'resolved_by_people' })],
    ['ended without a proof', () => ({})],
  ])('it is said that it %s: it goes on living', async (_what, outcome) => {
    const { lease_token } = lease
    const answer = await call('record_outcome', { outcome: { transaction_id: id, ...outcome() }, lease_token })
    expect(['evidence_proves_nothing', 'invalid_outcome']).toContain(answer)
    expect(await project.sql`select from public.transactions where is_live`).toHaveLength(1)
    expect(await project.sql`select from public.payroll_items where status <> 'pending'`).toHaveLength(0)
  })

  test.each<readonly [string, () => Promise<string>]>([
    [
      'ended',
      () =>
        call('record_outcome', {
          outcome: { transaction_id: id, ...found(envelope) },
          lease_token: crypto.randomUUID(),
        }),
    ],
    ['held', () => call('hold_transaction', { transaction_id: id, lease_token: crypto.randomUUID(), reason: 'mine' })],
    [
      'sent',
      () =>
        call('begin_submission', {
          transaction_id: id,
          lease_token: crypto.randomUUID(),
          signed_envelope_xdr: envelope,
        }),
    ],
    [
      'reported',
      () => call('record_submission', { transaction_id: id, lease_token: crypto.randomUUID(), http_status: 200 }),
    ],
    ['given a higher fee', () => call('plan_fee_bump', { transaction_id: id, lease_token: crypto.randomUUID() })],
    [
      'stopped with its run',
      () => call('stop_disbursement', { payroll_run_id: run, lease_token: crypto.randomUUID(), code: 'mine' }),
    ],
    [
      'given another holder of its number',
      () =>
        call('record_sequence_holder', {
          source_account: lease.source_account,
          lease_token: crypto.randomUUID(),
          envelope_xdr: envelope,
          ledger,
        }),
    ],
    [
      'compared with a made-up balance',
      () =>
        call('compare_source_account', {
          source_account: lease.source_account,
          lease_token: crypto.randomUUID(),
          look: { ledger, sequence: '1', balances: [] },
        }),
    ],
  ])('under the lease of another worker it is not %s', async (_what, attempt) => {
    expect(await attempt()).toBe('lease_lost')
    expect(
      await project.sql`select from public.transactions where is_live and submission_state = 'prepared'`,
    ).toHaveLength(1)
  })

  test('under the own lease of one company the transaction of another company is not ended', async () => {
    const another = await project.aCompany()
    await another.startRun()
    const [own] = await given<(typeof lease)[]>('claim_disbursement', {})
    expect(own?.source_account).toBe(another.treasury.publicKey())
    const outcome = { transaction_id: id, ...found(envelope) }
    expect(await call('record_outcome', { outcome, lease_token: own?.lease_token })).toBe('lease_lost')
  })
})

describe('through the channel account of another company', () => {
  let victim: PayingCompany
  let channel: Keypair
  let held: typeof lease
  let channelPlan: readonly PlannedPayment[]
  let channelNumber: string

  beforeAll(async () => {
    victim = await project.aCompany()
    channel = await project.aChannel(victim)
    await victim.startRun()
    channelNumber = (BigInt(await sequenceOf(project.provider.sandbox, channel.publicKey())) + 1n).toString()
  })

  beforeEach(async () => {
    // What is leased already may be the channel.
    await project.sql`update private.source_accounts set next_check_at = now(), lease_token = null, leased_until = null`
    for (let claims = 0; claims < 10; claims++) {
      const [claimed] = await given<(typeof lease & { readonly channel_account: string | null })[]>(
        'claim_disbursement',
        {},
      )
      if (claimed?.channel_account === channel.publicKey()) held = claimed
    }
    const { payroll_run_id, lease_token } = held
    channelPlan = await given<PlannedPayment[]>('plan_operations', { payroll_run_id, lease_token })
  })

  afterAll(async () => {
    await project.disburse([victim.treasury])
    project.provider.tick()
    await project.disburse([victim.treasury])
    expect(victim.timesPaid()).toEqual([1, 1, 1])
  })

  const through = (source_account: string, operation_source: string) =>
    persist(
      built({ source_account, operation_source, sequence_number: channelNumber }, channelPlan),
      channelPlan,
      held.lease_token,
      held.payroll_run_id,
    )

  test.each<readonly [string, () => Promise<string>, string]>([
    [
      'operations that act for the treasury of another company',
      () => through(channel.publicKey(), company.treasury.publicKey()),
      'envelope_differs_from_plan',
    ],
    [
      'operations that act for the thief',
      () => through(channel.publicKey(), thief.publicKey()),
      'envelope_differs_from_plan',
    ],
    [
      'operations that act for the channel itself',
      () => through(channel.publicKey(), channel.publicKey()),
      'envelope_differs_from_plan',
    ],
    [
      'the number of the thief in place of the channel',
      () => through(thief.publicKey(), victim.treasury.publicKey()),
      'envelope_differs_from_plan',
    ],
    [
      'the number of the treasury in place of the channel',
      () => through(victim.treasury.publicKey(), victim.treasury.publicKey()),
      'envelope_differs_from_plan',
    ],
  ])('%s is not written', async (_what, attempt, refusal) => {
    expect(await attempt()).toBe(refusal)
    expect(
      await project.sql`select from public.transactions where channel_account = ${channel.publicKey()}`,
    ).toHaveLength(0)
  })

  test('nothing of another company goes through the channel', async () => {
    expect(
      await call('plan_operations', { payroll_run_id: run, lease_token: held.lease_token, max_operations: 1 }),
    ).toBe('lease_lost')
  })
})

function built(changes: Partial<Parameters<typeof buildTransaction>[0]> = {}, operations = plan) {
  const max_time_seconds = Math.floor(project.provider.now() / 1000) + 300
  const prepared = buildTransaction({
    network_passphrase: project.provider.networkPassphrase,
    source_account: lease.source_account,
    operation_source: lease.source_account,
    sequence_number,
    fee_per_operation_stroops: 1_000n,
    max_ledger,
    max_time_seconds,
    memo_type: null,
    memo: null,
    operations: operations.map((planned) => payingOperation(planned, max_time_seconds)),
    ...changes,
  })
  return { ...prepared, max_ledger, max_time: new Date(max_time_seconds * 1000).toISOString() }
}

const honest = () => built()
const toThief = () => changed({ destination: thief.publicKey() })
const stolen = () => built({}, toThief())
/** Another transaction with the same number. */
const other = () => built({ memo_type: 'text', memo: 'another one' }).envelope_xdr

function changed(change: Partial<PlannedPayment>): PlannedPayment[] {
  return plan.map((operation, index) => (index === 0 ? { ...operation, ...change } : operation))
}

async function persist(
  prepared: ReturnType<typeof built>,
  operations: readonly PlannedPayment[],
  lease_token = lease.lease_token,
  payroll_run_id = run,
): Promise<string> {
  return await call('persist_transaction', { payroll_run_id, lease_token, ...prepared, operations })
}

function found(envelope_xdr: string): Record<string, unknown> {
  const closed_at = '2027-01-01T00:00:00Z'
  return { proof: 'found_by_hash', ledger: 7, closed_at, envelope_xdr, result_xdr: resultOfSuccess(plan.length || 3) }
}

function signedBy(envelope: string, signer: Keypair): string {
  const transaction = TransactionBuilder.fromXdr(envelope, project.provider.networkPassphrase)
  transaction.sign(signer)
  return transaction.toXdr()
}

function bumped(envelope: string): string {
  const inner = TransactionBuilder.fromXdr(envelope, project.provider.networkPassphrase)
  if ('innerTransaction' in inner) throw new Error('A fee bump holds no other.')
  const bump = TransactionBuilder.buildFeeBumpTransaction(thief, '10000', inner, project.provider.networkPassphrase)
  bump.sign(thief)
  return bump.toXdr()
}

/** The code of the refusal, or that there was none. */
async function call(name: string, args: Record<string, unknown>): Promise<string> {
  const { error } = await service.rpc(name, args)
  return error === null ? 'accepted' : error.details || error.code
}

async function given<T>(name: string, args: Record<string, unknown>): Promise<T> {
  const { data, error } = await service.rpc(name, args)
  if (error !== null) throw new Error(`${name}: ${error.message}`)
  return data as T
}
