import { Account, type Asset, Keypair, Operation, TransactionBuilder, xdr } from '@stellar/stellar-sdk'
import { afterEach } from 'vitest'
import { createSandbox, type Sandbox, type SandboxOptions } from '../../tools/sandbox/index.ts'

/** A sandbox in manual mode with a clock that the test moves, and short words for what tests do. */
export type World = {
  readonly sandbox: Sandbox
  readonly url: string
  /** Moves the clock. */
  readonly pass: (seconds: number) => void
  readonly now: () => number
  /** A new account with 10,000 XLM. */
  readonly person: () => Promise<Keypair>
  readonly people: (count: number) => Promise<Keypair[]>
  readonly account: (id: string) => Promise<AccountJson>
  readonly get: (path: string) => Promise<{ status: number; body: Json; headers: Headers }>
  readonly build: (source: Keypair, operations: Op[], options?: BuildOptions) => Promise<Built>
  /** POST /transactions_async. */
  readonly send: (envelope: string) => Promise<{ status: number; body: Json }>
  /** POST /transactions, which waits for a ledger unless the envelope is applied or refused. */
  readonly post: (envelope: string) => Promise<{ status: number; body: Json }>
  /** Builds, signs, submits and closes a ledger; the outcome as Horizon tells it. */
  readonly run: (source: Keypair, operations: Op[], options?: BuildOptions) => Promise<Outcome>
  /** The same for something that must succeed. */
  readonly must: (source: Keypair, operations: Op[], options?: BuildOptions) => Promise<Outcome>
}

export type Op = ReturnType<typeof Operation.payment>
export type Built = ReturnType<TransactionBuilder['build']>
// biome-ignore lint/suspicious/noExplicitAny: answers of the server under test are looked into freely.
export type Json = any
export type AccountJson = {
  sequence: string
  balances: { asset_type: string; asset_code?: string; balance: string; is_authorized?: boolean }[]
  subentry_count: number
} & Json

export type BuildOptions = {
  readonly fee?: string
  readonly signers?: readonly Keypair[]
  readonly sequence?: string
  readonly minTime?: number
  readonly maxTime?: number
  readonly maxLedger?: number
  readonly minLedger?: number
}

export type Outcome = {
  readonly hash: string
  readonly successful: boolean
  readonly codes: { transaction: string; inner_transaction?: string; operations?: string[] } | null
  readonly result: xdr.TransactionResult
}

const open: Sandbox[] = []

afterEach(async () => {
  await Promise.all(open.splice(0).map((sandbox) => sandbox.close()))
})

/** A started world; it is closed when the test ends. Time starts on 1 January 2027 and moves only by `pass`. */
export async function startWorld(options: SandboxOptions = {}): Promise<World> {
  let nowMs = Date.UTC(2027, 0, 1)
  const sandbox = await createSandbox({
    ledgerIntervalMs: 'manual',
    clock: () => nowMs,
    submitTimeoutMs: 50,
    ...options,
  })
  open.push(sandbox)
  const { url } = sandbox
  const now = (): number => nowMs / 1000

  const get: World['get'] = async (path) => {
    const response = await fetch(`${url}${path}`)
    return { status: response.status, body: await response.json(), headers: response.headers }
  }
  const account: World['account'] = async (id) => (await get(`/accounts/${id}`)).body
  const form = async (path: string, envelope: string): Promise<{ status: number; body: Json }> => {
    const response = await fetch(`${url}${path}`, { method: 'POST', body: new URLSearchParams({ tx: envelope }) })
    return { status: response.status, body: await response.json() }
  }
  const build: World['build'] = async (source, operations, buildOptions = {}) => {
    const sequence = buildOptions.sequence ?? (await account(source.publicKey())).sequence
    return buildTransaction(sandbox.networkPassphrase, source, sequence, operations, buildOptions, now())
  }
  const people: World['people'] = async (count) => {
    const keypairs = Array.from({ length: count }, () => Keypair.random())
    await sandbox.fund(keypairs.map((keypair) => keypair.publicKey()))
    return keypairs
  }
  const run: World['run'] = async (source, operations, buildOptions) => {
    const envelope = (await build(source, operations, buildOptions)).toXdr()
    const sent = await form('/transactions_async', envelope)
    if (sent.status === 400) return outcomeOf(await form('/transactions', envelope), sent.body.hash)
    sandbox.closeLedger()
    return outcomeOf(await form('/transactions', envelope), sent.body.hash)
  }

  return {
    sandbox,
    url,
    pass: (seconds) => {
      nowMs += seconds * 1000
    },
    now,
    people,
    person: async () => one(await people(1)),
    account,
    get,
    build,
    send: (envelope) => form('/transactions_async', envelope),
    post: (envelope) => form('/transactions', envelope),
    run,
    async must(source, operations, buildOptions) {
      const outcome = await run(source, operations, buildOptions)
      if (!outcome.successful) throw new Error(`The set-up transaction failed: ${JSON.stringify(outcome.codes)}`)
      return outcome
    },
  }
}

/** A signed transaction; amounts and bounds as the test says, valid for an hour otherwise. */
export function buildTransaction(
  networkPassphrase: string,
  source: Keypair,
  sequence: string,
  operations: readonly Op[],
  options: BuildOptions,
  now: number,
): Built {
  const { minLedger = 0, maxLedger = 0 } = options
  const builder = new TransactionBuilder(new Account(source.publicKey(), sequence), {
    fee: options.fee ?? '100',
    networkPassphrase,
    timebounds: { minTime: options.minTime ?? 0, maxTime: options.maxTime ?? now + 3600 },
    ...((minLedger > 0 || maxLedger > 0) && { ledgerbounds: { minLedger, maxLedger } }),
  })
  for (const operation of operations) builder.addOperation(operation)
  const transaction = builder.build()
  for (const signer of options.signers ?? [source]) transaction.sign(signer)
  return transaction
}

/** The first of a list that cannot be empty. */
export function one<T>(list: readonly T[]): T {
  const [first] = list
  if (first === undefined) throw new Error('The list is empty.')
  return first
}

/** Two accounts with 10,000 XLM each. */
export async function pair(world: World): Promise<[Keypair, Keypair]> {
  const [first, second] = await world.people(2)
  if (!first || !second) throw new Error('Two people were asked for.')
  return [first, second]
}

/** The native balance in an account record. */
export function nativeOf(account: { balances: { asset_type: string; balance: string }[] }): string {
  return one(account.balances.filter(({ asset_type }) => asset_type === 'native')).balance
}

/** Trustline, issuer's payment: a holder with a balance of a credit asset. */
export async function holdAsset(
  world: World,
  issuer: Keypair,
  holder: Keypair,
  asset: Asset,
  amount: string,
): Promise<void> {
  await world.must(holder, [Operation.changeTrust({ asset })])
  if (amount !== '0') {
    await world.must(issuer, [Operation.payment({ destination: holder.publicKey(), asset, amount })])
  }
}

/** An operation from XDR data, for what the SDK's builder refuses to write. */
export function rawOperation(body: xdr.OperationBodyWire): Op {
  return xdr.Operation.fromXdrObject({ sourceAccount: null, body })
}

/** Lower-case hexadecimal of bytes. */
export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

function outcomeOf({ status, body }: { status: number; body: Json }, hash: string): Outcome {
  const resultXdr: unknown = status === 200 ? body.result_xdr : body.extras?.result_xdr
  if (typeof resultXdr !== 'string') throw new Error(`No result in the answer: ${JSON.stringify(body)}`)
  return {
    hash,
    successful: status === 200,
    codes: status === 200 ? null : body.extras.result_codes,
    result: xdr.TransactionResult.fromXdr(resultXdr, 'base64'),
  }
}

/** What the SDK reads in a result: the transaction's code name and one name per operation. */
export function namesIn(result: Outcome['result']): { transaction: string; operations: string[] } {
  const outer = result.result
  if (outer.type === 'txFeeBumpInnerSuccess' || outer.type === 'txFeeBumpInnerFailed') {
    const inner = outer.innerResultPair.result.result
    const results = inner.type === 'txSuccess' || inner.type === 'txFailed' ? inner.results : []
    return { transaction: inner.type, operations: results.map(operationName) }
  }
  const results = outer.type === 'txSuccess' || outer.type === 'txFailed' ? outer.results : []
  return { transaction: outer.type, operations: results.map(operationName) }
}

function operationName(result: xdr.OperationResult): string {
  if (result.type !== 'opInner') return result.type
  return result.tr.value.type
}
