import { createHash } from 'node:crypto'
import { Account, Asset, Keypair, Memo, Operation, TransactionBuilder, type xdr } from '@stellar/stellar-sdk/base'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  readSigningRequest,
  type SigningRequest,
  setTreasuryCustody,
  signingRequests,
  submitSignature,
  treasuries,
} from '../../src/stellar/index.ts'
import { type PayingCompany, type PayingProject, payingProject } from '../attacks/support/paying-company.ts'
import { nothing, submitOutside } from '../support/outsider.ts'

// Wallets with keys of their own sign, the real workers send, and the ledger of the sandbox judges. The worker holds the key of the
// treasury all the while, and must never use it.
let project: PayingProject
let company: PayingCompany

beforeAll(async () => {
  project = await payingProject()
})

afterEach(() => project.provider.tellTheTruth())

afterAll(() => project?.close())

const ring = () => project.disburse([company.treasury])

/** What somebody could change in a transaction, field by field. */
const CHANGES: Readonly<Record<string, (request: SigningRequest) => string>> = {
  'the account that pays': (request) => rebuilt(request, { source: Keypair.random().publicKey() }),
  'its sequence number': (request) => rebuilt(request, { sequence: String(BigInt(request.sequence_number) + 1n) }),
  'the fee': (request) => rebuilt(request, { fee: '101' }),
  'the first time at which it is valid': (request) => rebuilt(request, { minTime: 1 }),
  'the last time at which it is valid': (request) =>
    rebuilt(request, { maxTime: Date.parse(request.max_time) / 1000 + 1 }),
  'the first ledger in which it is valid': (request) => rebuilt(request, { minLedger: 1 }),
  'the last ledger in which it is valid': (request) => rebuilt(request, { maxLedger: request.max_ledger + 1 }),
  'the memo': (request) => rebuilt(request, { memo: Memo.text('other') }),
  'a destination': (request) => rebuilt(request, { pay: [{ destination: Keypair.random().publicKey() }] }),
  'an amount': (request) => rebuilt(request, { pay: [{ amount: '10.0000001' }] }),
  'an asset': (request) => rebuilt(request, { pay: [{ asset: new Asset('XLM', Keypair.random().publicKey()) }] }),
  'the account of an operation': (request) => rebuilt(request, { pay: [{ source: request.source_account }] }),
  'one payment less': (request) => rebuilt(request, { count: 2 }),
  'one payment more': (request) => rebuilt(request, { count: 4 }),
  'the order of the payments': (request) => rebuilt(request, { pay: [{ place: 1 }, { place: 0 }] }),
}

type Change = {
  readonly source?: string
  readonly sequence?: string
  readonly fee?: string
  readonly minTime?: number
  readonly maxTime?: number
  readonly minLedger?: number
  readonly maxLedger?: number
  readonly memo?: Memo
  readonly count?: number
  readonly pay?: readonly {
    readonly place?: number
    readonly destination?: string
    readonly amount?: string
    readonly asset?: Asset
    readonly source?: string
  }[]
}

/** The transaction of a request built anew, with a change. */
function rebuilt(request: SigningRequest, change: Change): string {
  const { operations, source_account, network_passphrase, memo } = request
  const sequence = BigInt(change.sequence ?? request.sequence_number) - 1n
  const builder = new TransactionBuilder(new Account(change.source ?? source_account, sequence.toString()), {
    fee: change.fee ?? String(BigInt(request.fee_bid_stroops) / BigInt(operations.length)),
    networkPassphrase: network_passphrase,
    timebounds: { minTime: change.minTime ?? 0, maxTime: change.maxTime ?? Date.parse(request.max_time) / 1000 },
    ledgerbounds: { minLedger: change.minLedger ?? 0, maxLedger: change.maxLedger ?? request.max_ledger },
    memo: change.memo ?? (memo === null ? Memo.none() : Memo.text(memo)),
  })
  for (let index = 0; index < (change.count ?? operations.length); index++) {
    builder.addOperation(payment(request, index, change.pay?.[index] ?? {}))
  }
  return builder.build().toXdr()
}

function payment(request: SigningRequest, index: number, change: NonNullable<Change['pay']>[number]): xdr.Operation {
  const planned = request.operations[(change.place ?? index) % request.operations.length]
  return Operation.payment({
    destination: change.destination ?? planned?.destination ?? '',
    asset: change.asset ?? Asset.native(),
    amount: change.amount ?? planned?.amount ?? '',
    ...(change.source ? { source: change.source } : {}),
  })
}

describe('a single wallet', () => {
  beforeEach(async () => {
    company = await project.aCompany()
  })

  test('signs, and everybody is paid once', async () => {
    await useWallets([company.treasury.publicKey()])
    const run = await company.startRun()
    // A worker without any key does as well, and the report before approval misses none.
    expect(await project.disburse([])).toMatchObject({ awaiting_signatures: 1 })
    expect(await findings(run)).toEqual([])
    const request = await requested()
    expect(await states(run)).toEqual(['awaiting_signature'])
    const summary = readSigningRequest(request)
    expect(summary.lines.map(({ destination, amount }) => [destination, amount])).toEqual(
      request.operations.map(({ destination, amount }) => [destination, amount]),
    )
    expect(summary.lines.map((line) => line.destination).sort()).toEqual([...company.payees].sort())
    expect(summary.totals).toEqual([{ asset_code: 'XLM', asset_issuer: '', amount: '30.0000000' }])
    await submitSignature(company.mia.supabase, request, signed(request, company.treasury))
    await ring()
    project.provider.tick()
    await ring()
    expect(await states(run)).toEqual(['applied'])
    expect(company.timesPaid()).toEqual([1, 1, 1])
  })

  test('that has not signed lets the transaction wait, however often the worker is rung', async () => {
    await useWallets([company.treasury.publicKey()])
    const run = await company.startRun()
    for (let time = 0; time < 3; time++) {
      await ring()
      project.provider.tick(2)
    }
    expect(await states(run)).toEqual(['awaiting_signature'])
    expect(company.timesPaid()).toEqual([0, 0, 0])
    const findings = await company.admin.payd.operations.doctor()
    expect(findings.map(({ kind }) => kind)).toContain('signatures_awaited')
  })

  test('that sends the transaction by itself has paid, once', async () => {
    await useWallets([company.treasury.publicKey()])
    const run = await company.startRun()
    await ring()
    const request = await requested()
    expect(await sendDirectly(signed(request, company.treasury))).toBe(201)
    project.provider.tick()
    await ring()
    expect(await states(run)).toEqual(['applied'])
    expect(company.timesPaid()).toEqual([1, 1, 1])
    await expect(
      submitSignature(company.mia.supabase, request, signed(request, company.treasury)),
    ).rejects.toMatchObject({
      code: 'signature_not_awaited',
    })
  })

  test('that does not sign in time gets another transaction, which is signed and paid once', async () => {
    await useWallets([company.treasury.publicKey()])
    const run = await company.startRun()
    await ring()
    const late = await requested()
    project.provider.tick(200)
    await ring()
    expect(await states(run)).toEqual(['never_applied', 'awaiting_signature'])
    expect(await told()).toEqual([
      'transaction.awaiting_signature',
      'transaction.signing_expired',
      'transaction.awaiting_signature',
    ])
    await expect(submitSignature(company.mia.supabase, late, signed(late, company.treasury))).rejects.toMatchObject({
      code: 'signature_not_awaited',
    })
    const request = await requested()
    expect(request.sequence_number).toBe(late.sequence_number)
    await submitSignature(company.mia.supabase, request, signed(request, company.treasury))
    // A wallet that kept the first one can no longer do anything with it.
    expect(await sendDirectly(signed(late, company.treasury))).toBe(400)
    await ring()
    project.provider.tick()
    await ring()
    expect(company.timesPaid()).toEqual([1, 1, 1])
    expect(await states(run)).toEqual(['never_applied', 'applied'])
  })

  test('is not needed any more when the run is cancelled and the account uses the number for something else', async () => {
    await useWallets([company.treasury.publicKey()])
    const run = await company.startRun()
    await ring()
    await company.max.payd.payrollRuns.cancel(run as never, 'Wrong month.')
    const request = await requested()
    await expect(
      submitSignature(company.mia.supabase, request, signed(request, company.treasury)),
    ).rejects.toMatchObject({
      code: 'payroll_run_stopped',
    })
    await submitOutside(project.provider.sandbox, company.treasury, [nothing()])
    await ring()
    expect(await states(run)).toEqual(['never_applied'])
    const [ended] = await project.sql`select status, failure_code from public.payroll_runs where id = ${run}`
    expect(ended).toMatchObject({ status: 'failed', failure_code: 'cancelled_by_person' })
    expect(company.timesPaid()).toEqual([0, 0, 0])
  })
})

describe('two of three wallets', () => {
  let wallets: readonly Keypair[]

  beforeEach(async () => {
    company = await project.aCompany()
    wallets = [Keypair.random(), Keypair.random(), Keypair.random()]
    await submitOutside(project.provider.sandbox, company.treasury, [
      ...wallets.map((wallet) => Operation.setOptions({ signer: { ed25519PublicKey: wallet.publicKey(), weight: 1 } })),
      Operation.setOptions({ masterWeight: 0, lowThreshold: 2, medThreshold: 2, highThreshold: 2 }),
    ])
    await useWallets(wallets.map((wallet) => wallet.publicKey()))
  })

  test('sign at the same time, from two people: everybody is paid once, and the third signature is refused', async () => {
    const run = await company.startRun()
    await ring()
    const request = await requested()
    expect(request).toMatchObject({ threshold: 2, weight: 0 })
    const [one, two, three] = wallets as [Keypair, Keypair, Keypair]
    const outcomes = await Promise.allSettled([
      submitSignature(company.mia.supabase, request, signed(request, one)),
      submitSignature(company.max.supabase, request, signed(request, two)),
      submitSignature(company.admin.supabase, request, signed(request, three)),
    ])
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected')
    expect(refused.map(({ reason }) => reason.code)).toEqual(['signatures_complete'])
    await ring()
    project.provider.tick()
    await ring()
    expect(await states(run)).toEqual(['applied'])
    expect(company.timesPaid()).toEqual([1, 1, 1])
  })

  test('whose public keys end in the same bytes are told apart by their signatures, in any order', async () => {
    company = await project.aCompany()
    // Found by trying: the last four bytes, by which a signature names its key, are the same.
    const twins = ['signer 10501', 'signer 60979'].map((text) =>
      Keypair.fromRawEd25519Seed(createHash('sha256').update(text).digest()),
    ) as [Keypair, Keypair]
    expect(twins[0].signatureHint()).toEqual(twins[1].signatureHint())
    await submitOutside(project.provider.sandbox, company.treasury, [
      ...twins.map((wallet) => Operation.setOptions({ signer: { ed25519PublicKey: wallet.publicKey(), weight: 1 } })),
      Operation.setOptions({ masterWeight: 0, lowThreshold: 2, medThreshold: 2, highThreshold: 2 }),
    ])
    await useWallets(twins.map((wallet) => wallet.publicKey()))
    const run = await company.startRun()
    await ring()
    const request = await requested()
    const [first, second] = twins.toSorted((one, other) => (one.publicKey() < other.publicKey() ? 1 : -1))
    if (first === undefined || second === undefined) throw new Error('There are two.')
    expect(await submitSignature(company.mia.supabase, request, signed(request, first))).toMatchObject({ weight: 1 })
    expect(await submitSignature(company.max.supabase, request, signed(request, second))).toMatchObject({ weight: 2 })
    await ring()
    project.provider.tick()
    await ring()
    expect(await states(run)).toEqual(['applied'])
    expect(company.timesPaid()).toEqual([1, 1, 1])
  })

  test('one of them alone does not suffice', async () => {
    const run = await company.startRun()
    await ring()
    const request = await requested()
    const [one] = wallets as [Keypair]
    expect(await submitSignature(company.mia.supabase, request, signed(request, one))).toMatchObject({ weight: 1 })
    await ring()
    project.provider.tick()
    expect(await states(run)).toEqual(['awaiting_signature'])
    expect(company.timesPaid()).toEqual([0, 0, 0])
  })

  test('a signer who is removed on the ledger in between does not count, and the others pay', async () => {
    const run = await company.startRun()
    await ring()
    const request = await requested()
    const [one, two, three] = wallets as [Keypair, Keypair, Keypair]
    await submitSignature(company.mia.supabase, request, signed(request, one))
    await submitSignature(company.mia.supabase, request, signed(request, two))
    // The treasury takes the second signer away by a transaction of another account, so that its own number stays free.
    const stranger = Keypair.random()
    await project.provider.sandbox.fund([stranger.publicKey()])
    const source = company.treasury.publicKey()
    await submitOutside(
      project.provider.sandbox,
      stranger,
      [Operation.setOptions({ source, signer: { ed25519PublicKey: two.publicKey(), weight: 0 } })],
      [stranger, one, three],
    )
    await ring()
    expect(await states(run)).toEqual(['awaiting_signature'])
    expect(await requested()).toMatchObject({ weight: 1, threshold: 2 })
    await expect(
      submitSignature(company.mia.supabase, request, signed(request, Keypair.random())),
    ).rejects.toMatchObject({
      code: 'signer_not_named',
    })
    await submitSignature(company.mia.supabase, request, signed(request, three))
    await ring()
    project.provider.tick()
    await ring()
    expect(await states(run)).toEqual(['applied'])
    expect(company.timesPaid()).toEqual([1, 1, 1])
    expect(await treasuries(company.admin.supabase)).toMatchObject([{ custody: 'wallet', weight: 2, threshold: 2 }])
  })

  test('too little weight of the named signers stops the run before anything is prepared', async () => {
    await useWallets([(wallets[0] as Keypair).publicKey()])
    const run = await company.startRun()
    await ring()
    const [stopped] = await project.sql`select status, failure_code from public.payroll_runs where id = ${run}`
    expect(stopped).toMatchObject({ status: 'failed', failure_code: 'signers_weigh_too_little' })
    expect(await findings(run)).toContain('signers_weigh_too_little')
  })
})

describe('what is not exactly the prepared transaction', () => {
  let request: SigningRequest

  beforeAll(async () => {
    company = await project.aCompany()
    await useWallets([company.treasury.publicKey()])
    await company.startRun()
    await ring()
    request = await requested()
    // Without a change the test builds what PayD builds, so each change is the only one.
    expect(rebuilt(request, {})).toBe(request.envelope_xdr)
  })

  test('is refused whatever field differs, by the package and by the database', async () => {
    for (const [field, change] of Object.entries(CHANGES)) {
      const forged = signedText(change(request), request.network_passphrase, company.treasury)
      await expect(submitSignature(company.mia.supabase, request, forged), field).rejects.toMatchObject({
        code: 'signed_envelope_differs',
      })
      expect(await refusedByDatabase(company.mia, request, forged), field).toBe('signed_envelope_differs')
    }
    await ring()
    project.provider.tick()
    expect(company.timesPaid()).toEqual([0, 0, 0])
  })

  test('is refused for another network, with that reason', async () => {
    for (const passphrase of ['Test SDF Network ; September 2015', 'Public Global Stellar Network ; September 2015']) {
      const elsewhere = signedText(request.envelope_xdr, passphrase, company.treasury)
      await expect(submitSignature(company.mia.supabase, request, elsewhere)).rejects.toMatchObject({
        code: 'signature_for_other_network',
      })
    }
  })

  test('is refused from a member of another organization', async () => {
    const other = await project.aCompany()
    const right = signed(request, company.treasury)
    await expect(submitSignature(other.mia.supabase, request, right)).rejects.toMatchObject({
      code: 'transaction_not_found',
    })
    expect(await signingRequests(other.mia.supabase)).toEqual([])
  })

  test('is noticed before it is signed when the server hands out something else than the run says', () => {
    for (const change of Object.values(CHANGES)) {
      expect(() => readSigningRequest({ ...request, envelope_xdr: change(request) })).toThrow(
        expect.objectContaining({ code: 'signing_request_differs' }),
      )
    }
    const [first, ...others] = request.operations
    const renamed = { ...request, operations: [{ ...first, amount: '11.0000000' } as never, ...others] }
    expect(() => readSigningRequest(renamed)).toThrow(expect.objectContaining({ code: 'signing_request_differs' }))
  })
})

/** Hands a transaction over to the network past PayD, as a wallet may. */
async function sendDirectly(signedEnvelopeXdr: string): Promise<number> {
  const body = new URLSearchParams({ tx: signedEnvelopeXdr })
  const { status } = await fetch(`${project.provider.sandbox.url}/transactions_async`, { method: 'POST', body })
  return status
}

async function useWallets(signers: readonly string[]): Promise<void> {
  const source_account = company.treasury.publicKey()
  await setTreasuryCustody(company.admin.supabase, { source_account, custody: 'wallet', signers, signing_seconds: 900 })
}

async function requested(): Promise<SigningRequest> {
  const [request] = await signingRequests(company.mia.supabase)
  if (request === undefined) throw new Error('Nothing waits for signatures.')
  return request
}

/** What a wallet such as Freighter does with an envelope: it signs it and returns it. */
function signed(request: SigningRequest, wallet: Keypair): string {
  return signedText(request.envelope_xdr, request.network_passphrase, wallet)
}

function signedText(envelopeXdr: string, networkPassphrase: string, wallet: Keypair): string {
  const transaction = TransactionBuilder.fromXdr(envelopeXdr, networkPassphrase)
  transaction.sign(wallet)
  return transaction.toXdr()
}

/** What the report about the run found against its treasury. */
async function findings(run: number): Promise<string[]> {
  const rows = await project.sql<{ code: string }[]>`
    select finding.code from public.payroll_preflight_findings as finding
    join public.payroll_preflights as report on report.id = finding.payroll_preflight_id
    where report.payroll_run_id = ${run} and finding.employee_id is null and finding.weight = 'fails'`
  return rows.map((row) => row.code)
}

async function states(run: number): Promise<string[]> {
  const rows = await project.sql<{ submission_state: string }[]>`
    select submission_state from public.transactions where payroll_run_id = ${run} order by id`
  return rows.map((row) => row.submission_state)
}

async function told(): Promise<string[]> {
  const rows = await project.sql<{ type: string }[]>`
    select type from public.events where organization_id = ${company.organizationId}
      and type in ('transaction.awaiting_signature', 'transaction.signing_expired') order by id`
  return rows.map((row) => row.type)
}

async function refusedByDatabase(person: PayingCompany['mia'], request: SigningRequest, envelope: string) {
  const { error } = await person.supabase.rpc('submit_signature', {
    transaction_id: request.transaction_id,
    signed_envelope_xdr: envelope,
  })
  return error?.details
}
