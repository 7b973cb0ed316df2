import { Asset, Keypair, Operation } from '@stellar/stellar-sdk/base'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { setTreasuryCustody } from '../../src/stellar/index.ts'
import { type PayingCompany, type PayingProject, payingProject } from '../attacks/support/paying-company.ts'
import { nothing, sequenceOf, submitOutside } from '../support/outsider.ts'

// Further back than any instance of a provider lags.
const RESET_LEDGERS = 17_280

// Every reason for which a payment stands still, and the functions that lead it to its end; the real workers on a real database.
let project: PayingProject
let company: PayingCompany
let run: number

beforeAll(async () => {
  project = await payingProject()
})

beforeEach(async () => {
  company = await project.aCompany()
  run = await company.startRun()
})

afterEach(() => project.provider.tellTheTruth())

afterAll(() => project?.close())

const ring = (keys = [company.treasury]) => project.disburse(keys)

test('the number was bumped past ours: held, resolved by two people, paid by a retry', async () => {
  await sendInVain()
  const { sandbox } = project.provider
  const { treasury } = company
  const bumpTo = (BigInt(await sequenceOf(sandbox, treasury.publicKey())) + 1_000n).toString()
  const stranger = await aStranger()
  const bump = Operation.bumpSequence({ bumpTo, source: treasury.publicKey() })
  await submitOutside(sandbox, stranger, [bump], [stranger, treasury])
  project.provider.tick(90)
  await ring()
  expect(await held()).toEqual(['sequence_holder_not_seen'])
  await expectDoctor('transaction_held')
  await resolve('never_applied')
  expect(await state()).toEqual(['failed', 'resolved_by_people'])
  await retryAndPay([treasury])
})

test('a number that was called unused was bumped: the doctor says so, and the run is paid from another treasury', async () => {
  await sendInVain()
  await company.max.payd.payrollRuns.pause(run as never, 'The bank called.')
  project.provider.tick(25)
  await ring()
  const { sandbox } = project.provider
  const { treasury } = company
  const bumpTo = (BigInt(await sequenceOf(sandbox, treasury.publicKey())) + 1_000n).toString()
  const stranger = await aStranger()
  const bump = Operation.bumpSequence({ bumpTo, source: treasury.publicKey() })
  await submitOutside(sandbox, stranger, [bump], [stranger, treasury])
  await company.max.payd.payrollRuns.resume(run as never)
  await ring()
  await project.sql`update private.sequence_numbers set recorded_at = now() - interval '10 minutes'`
  await expectDoctor('sequence_number_open')
  await company.max.payd.payrollRuns.cancel(run as never, 'Another treasury pays.')
  const other = await project.aTreasury(company)
  await company.mia.payd.payrollRuns.retry(run as never, { sourceAccount: other.publicKey() })
  await ring([other])
  project.provider.tick()
  await ring([other])
  expect(company.timesPaid(other)).toEqual([1, 1, 1])

  // Once the operator has closed the number, the first treasury pays as well.
  const [open] = await project.sql`select sequence_number from private.sequence_numbers
    where source_account = ${treasury.publicKey()} and tx_hash is null`
  await project.sql`select private.close_sequence_number(${treasury.publicKey()}, ${open?.sequence_number}, 'It was bumped.')`
  run = await company.startRun(treasury)
  await ring()
  project.provider.tick()
  await ring()
  expect(company.timesPaid()).toEqual([1, 1, 1])
})

test('the treasury was merged away: held, resolved by two people, paid from another treasury', async () => {
  await sendInVain()
  await submitOutside(project.provider.sandbox, company.treasury, [
    Operation.accountMerge({ destination: company.payees[0] ?? '' }),
  ])
  project.provider.tick(90)
  await ring()
  expect(await held()).toEqual(['source_account_gone'])
  await resolve('never_applied')
  const other = await project.aTreasury(company)
  await company.mia.payd.payrollRuns.retry(run as never, { sourceAccount: other.publicKey() })
  await ring([other])
  project.provider.tick()
  await ring([other])
  expect(await state()).toEqual(['completed'])
  expect(company.timesPaid(other)).toEqual([1, 1, 1])
})

test('the network began again below what was proven: held, and resumed by two people once the right provider answers', async () => {
  await ring()
  project.provider.tick()
  await ring()
  run = await company.startRun()
  await sendInVain()
  await project.sql`update private.sequence_numbers set ledger = ledger + 1000000
    where source_account = ${company.treasury.publicKey()}`
  await ring()
  expect(await held()).toEqual(['network_went_back'])
  await project.sql`update private.sequence_numbers set ledger = ledger - 1000000
    where source_account = ${company.treasury.publicKey()}`
  await resolve('resumed')
  project.provider.tellTheTruth()
  await ring()
  project.provider.tick()
  await ring()
  expect(await state()).toEqual(['completed'])
  expect(company.timesPaid()).toEqual([2, 2, 2])
})

test('another transaction used the number, behind hundreds of others that touch the account: found, and paid once', async () => {
  await sendInVain()
  await submitOutside(project.provider.sandbox, company.treasury, [nothing()])
  const dust = await aStranger()
  for (let sent = 0; sent < 230; sent++) {
    await submitOutside(project.provider.sandbox, dust, [
      Operation.payment({ destination: company.treasury.publicKey(), asset: Asset.native(), amount: '0.0000001' }),
    ])
  }
  project.provider.tellTheTruth()
  await ring()
  // What others sent to the account changed what it holds, and its history explains that before anything is built again.
  await ring()
  await expectDoctor('balance_unexplained')
  project.provider.tick(3)
  await project.walk()
  await ring()
  project.provider.tick()
  await ring()
  expect(await state()).toEqual(['completed'])
  expect(company.timesPaid()).toEqual([1, 1, 1])
})

test('a signer that the project does not know used the number: held, resolved by two people, paid by a retry', async () => {
  const { sandbox } = project.provider
  const cosigner = Keypair.random()
  await submitOutside(sandbox, company.treasury, [
    Operation.setOptions({ signer: { ed25519PublicKey: cosigner.publicKey(), weight: 1 } }),
  ])
  await sendInVain()
  await submitOutside(sandbox, company.treasury, [nothing()], [cosigner])
  project.provider.tick(90)
  await ring()
  expect(await held()).toEqual(['sequence_holder_is_not_signed'])
  await expectDoctor('transaction_held')
  await resolve('never_applied')
  await company.mia.payd.payrollRuns.retry(run as never)
  // What the unknown signer did changed what the account holds, and its history explains that first.
  await ring()
  project.provider.tick(3)
  await project.walk()
  await ring()
  project.provider.tick()
  await ring()
  expect(await state()).toEqual(['completed'])
  expect(company.timesPaid()).toEqual([1, 1, 1])
})

test('a signer whom an admin named used the number: proven by the weights of the ledger, and paid without anybody', async () => {
  const cosigner = await aCosigner()
  await nameSigner(cosigner)
  await sendInVain()
  await submitOutside(project.provider.sandbox, company.treasury, [nothing()], [cosigner])
  await ring()
  expect(await ends()).toEqual(['sequence_used_by_other'])
  await ring()
  project.provider.tick(3)
  await project.walk()
  await ring()
  project.provider.tick()
  await ring()
  expect(await state()).toEqual(['completed'])
  expect(company.timesPaid()).toEqual([1, 1, 1])
})

test('a signer of too little weight used the number together with another: both are named, and only their sum proves it', async () => {
  const [first, second] = [await aCosigner(), await aCosigner()]
  await raiseThresholds(2)
  await nameSigner(first)
  await sendInVain()
  await submitOutside(project.provider.sandbox, company.treasury, [nothing()], [first, second])
  project.provider.tick(90)
  await ring()
  expect(await held()).toEqual(['evidence_refused'])
  await expectDoctor('transaction_held')
  // An admin names the second signer, which a provider cannot; the transaction ends without a resolution then.
  await nameSigner(first, second)
  await project.track()
  expect(await ends()).toEqual(['sequence_used_by_other'])
})

test('the key is lost: the run stops with the reason and is paid once the key is back', async () => {
  await ring([])
  expect(await state()).toEqual(['failed', 'signing_key_missing'])
  await retryAndPay([company.treasury])
})

test('the provider stands still: nothing is concluded, and the payment ends when it goes on', async () => {
  project.provider.lie({ route: 'submissions', kind: 'status', status: 504, stage: 'after', count: 'forever' })
  await ring()
  project.provider.lie({ route: 'reads', kind: 'frozen', count: 'forever' })
  project.provider.tick(200)
  expect(await ring()).toMatchObject({ applied: 0, never_applied: 0 })
  expect(await held()).toEqual([])
  project.provider.tellTheTruth()
  await ring()
  expect(await state()).toEqual(['completed'])
  expect(company.timesPaid()).toEqual([1, 1, 1])
})

test('a person pauses a run in mid-payment: what was sent ends, nothing new is sent, and it goes on when it is resumed', async () => {
  await sendInVain()
  const paused = await company.max.payd.payrollRuns.pause(run as never, 'The bank called.')
  expect(paused).toMatchObject({ status: 'processing', stop_requested: 'pause', stop_reason: 'The bank called.' })
  project.provider.tick(25)
  await ring()
  await ring()
  const sent = await project.sql`select submission_state from public.transactions where payroll_run_id = ${run}`
  expect(sent.map((row) => row.submission_state)).toEqual(['never_applied'])
  await expectDoctor('payroll_run_stopped')
  project.provider.tellTheTruth()
  await company.mia.payd.payrollRuns.resume(run as never)
  await ring()
  project.provider.tick()
  await ring()
  expect(await state()).toEqual(['completed'])
  expect(company.timesPaid()).toEqual([1, 1, 1])
})

test('a person cancels a run whose payment is in a ledger already: it counts as paid', async () => {
  await ring()
  await company.max.payd.payrollRuns.cancel(run as never, 'Wrong month.')
  project.provider.tick()
  await ring()
  expect(await state()).toEqual(['completed'])
  expect(company.timesPaid()).toEqual([1, 1, 1])
})

test('an employee is made inactive in mid-run: the transaction that is planned later leaves the employee out', async () => {
  await sendInVain()
  await project.sql`update public.employees set status = 'inactive'
    where organization_id = ${company.organizationId} and wallet_address = ${company.payees[1] ?? ''}`
  project.provider.tick(25)
  project.provider.tellTheTruth()
  await ring()
  project.provider.tick()
  await ring()
  expect(company.timesPaid()).toEqual([1, 0, 1])
  const items = await project.sql`
    select failure_code from public.payroll_items where payroll_run_id = ${run} and status = 'failed'`
  expect(items.map((row) => row.failure_code)).toEqual(['employee_not_payable'])
})

test('a person pauses a run whose transaction is written and not sent: it rests, no worker is given it, and it goes on when the run is resumed', async () => {
  // The worker is killed between writing and sending.
  await killedBeforeSending()
  await company.max.payd.payrollRuns.pause(run as never, 'The bank called.')
  for (let rings = 0; rings < 3; rings++) {
    expect(await ring()).toMatchObject({ claimed: 0 })
    project.provider.tick()
  }
  await expectDoctor('payroll_run_stopped')
  await company.mia.payd.payrollRuns.resume(run as never)
  await ring()
  project.provider.tick()
  await ring()
  expect(await state()).toEqual(['completed'])
  expect(company.timesPaid()).toEqual([1, 1, 1])
})

test('the number of the treasury cannot grow any more: the run stops with the reason and is paid from another treasury', async () => {
  const bump = Operation.bumpSequence({ bumpTo: '9223372036854775807' })
  await submitOutside(project.provider.sandbox, company.treasury, [bump])
  await ring()
  expect(await state()).toEqual(['failed', 'sequence_numbers_exhausted'])
  await expectDoctor('payroll_run_failed')
  await expectTold('payroll.failed')
  const other = await project.aTreasury(company)
  await company.mia.payd.payrollRuns.retry(run as never, { sourceAccount: other.publicKey() })
  await ring([other])
  project.provider.tick()
  await ring([other])
  expect(await state()).toEqual(['completed'])
  expect(company.timesPaid(other)).toEqual([1, 1, 1])
})

test('the network is reset in mid-payment: held, begun anew by the operator, resolved by two people, and paid on the new network', async () => {
  const { provider, sql } = project
  provider.tick(RESET_LEDGERS + 100)
  // As long as it takes for so many ledgers to close.
  await sql`delete from private.ledger_head`
  await ring()
  provider.tick()
  await ring()
  await project.look()
  run = await company.startRun()
  await sendInVain()
  provider.sandbox.reset()
  provider.tick(5)
  await ring()
  expect(await held()).toEqual(['network_went_back'])
  await expectDoctor('transaction_held')
  await project.look()
  const everywhere = await sql<{ kind: string }[]>`select kind from private.findings(null)`
  expect(everywhere.map(({ kind }) => kind)).toContain('provider_reset')
  await expectTold('provider.reset')

  // Nothing of the old network is held against the new one.
  await sql`select private.begin_network_anew('The test network was reset.')`
  await provider.sandbox.fund([company.treasury.publicKey(), ...company.payees])
  provider.tick(3)
  await resolve('never_applied')
  expect(await state()).toEqual(['failed', 'resolved_by_people'])
  await retryAndPay([company.treasury])
  provider.tick(3)
  await project.look()
  await project.walk()
  expect(await sql`select from public.ledger_contradictions`).toHaveLength(0)
})

/** The worker writes the transaction of the run and is gone before it is sent. */
async function killedBeforeSending(): Promise<void> {
  const killed = project.disburse([company.treasury], { killedBefore: 'begin_submission' })
  await expect(killed).rejects.toMatchObject({ code: 'killed' })
  const [written] = await project.sql`
    select attempts, submission_state from public.transactions where payroll_run_id = ${run} and is_live`
  expect(written).toMatchObject({ attempts: 0, submission_state: 'prepared' })
}

async function expectTold(type: string): Promise<void> {
  const events = await project.sql`
    select from public.events where organization_id = ${company.organizationId} and type = ${type}`
  expect(events).toHaveLength(1)
}

/** The transaction of the run is handed over, and the provider keeps it to itself. */
async function sendInVain(): Promise<void> {
  project.provider.lie({ route: 'submissions', kind: 'status', status: 504, stage: 'before', count: 'forever' })
  await ring()
  const [sent] = await project.sql`
    select attempts from public.transactions where payroll_run_id = ${run} and is_live`
  expect(sent).toMatchObject({ attempts: 1 })
  // What others send does not go through the provider.
  project.provider.tellTheTruth()
}

/** Somebody whom the ledger lets sign for the treasury as well. */
async function aCosigner(): Promise<Keypair> {
  const cosigner = Keypair.random()
  const signer = { ed25519PublicKey: cosigner.publicKey(), weight: 1 }
  await submitOutside(project.provider.sandbox, company.treasury, [Operation.setOptions({ signer })])
  return cosigner
}

/** A payment needs so much weight, which the worker's own key still has. */
async function raiseThresholds(weight: number): Promise<void> {
  const thresholds = { masterWeight: weight, lowThreshold: weight, medThreshold: weight, highThreshold: weight }
  await submitOutside(project.provider.sandbox, company.treasury, [Operation.setOptions(thresholds)])
}

async function nameSigner(...signers: readonly Keypair[]): Promise<void> {
  await setTreasuryCustody(company.admin.supabase, {
    source_account: company.treasury.publicKey(),
    custody: 'server',
    signers: signers.map((signer) => signer.publicKey()),
  })
}

/** How the transactions of the run were proven to have ended. */
async function ends(): Promise<string[]> {
  const rows = await project.sql<{ proof: string }[]>`
    select proof from public.transactions where payroll_run_id = ${run} and not is_live`
  return rows.map(({ proof }) => proof)
}

/** Two people say how the held transaction ended, once the project has seen the ledger after which none can take it. */
async function resolve(resolution: 'never_applied' | 'resumed'): Promise<void> {
  await project.look()
  const [transaction] = await project.sql<{ id: string }[]>`
    select id from public.transactions where payroll_run_id = ${run} and submission_state = 'held'`
  const call = async (who: PayingCompany['max'], name: string, args: object) => {
    const { error } = await who.supabase.rpc(name, { transaction_id: Number(transaction?.id), resolution, ...args })
    expect(error).toBeNull()
  }
  await call(company.max, 'propose_resolution', { evidence: 'Two explorers show the same.' })
  await call(company.mia, 'confirm_resolution', {})
}

async function retryAndPay(keys: readonly Keypair[]): Promise<void> {
  project.provider.tellTheTruth()
  await company.mia.payd.payrollRuns.retry(run as never)
  await ring([...keys])
  project.provider.tick()
  await ring([...keys])
  expect(await state()).toEqual(['completed'])
  expect(company.timesPaid()).toEqual([1, 1, 1])
}

async function aStranger(): Promise<Keypair> {
  const stranger = Keypair.random()
  await project.provider.sandbox.fund([stranger.publicKey()])
  return stranger
}

async function held(): Promise<string[]> {
  const rows = await project.sql<{ held_reason: string }[]>`
    select held_reason from public.transactions where payroll_run_id = ${run} and submission_state = 'held'`
  const told = await project.sql`
    select from public.events where organization_id = ${company.organizationId} and type = 'transaction.held'`
  expect(told).toHaveLength(rows.length)
  return rows.map((row) => row.held_reason)
}

async function state(): Promise<string[]> {
  const [row] = await project.sql<{ status: string; failure_code: string | null }[]>`
    select status, failure_code from public.payroll_runs where id = ${run}`
  return row === undefined ? [] : [row.status, ...(row.failure_code === null ? [] : [row.failure_code])]
}

async function expectDoctor(kind: string): Promise<void> {
  const findings = await company.admin.payd.operations.doctor()
  expect(findings.map((finding) => finding.kind)).toContain(kind)
}
