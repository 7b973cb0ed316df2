import { Account, type Keypair, TransactionBuilder } from '@stellar/stellar-sdk/base'
import { PUBLIC_PASSPHRASE } from '../lib/stellar-networks.ts'

/** An operation as the builder takes it. */
export type BuiltOperation = Parameters<TransactionBuilder['addOperation']>[0]

/** A balance of an account, in units of the asset. */
export interface Balance {
  /** `XLM`, or `CODE:ISSUER`. */
  readonly asset: string
  readonly balance: string
}

/** The parts of an operation the demo reads. */
export interface HorizonOperation {
  readonly id: string
  readonly paging_token: string
  readonly type: string
  readonly transaction_hash: string
  readonly source_account: string
  readonly from?: string
  readonly to?: string
  readonly amount?: string
  readonly asset_type?: string
  readonly asset_code?: string
  readonly asset_issuer?: string
  readonly account?: string
  readonly funder?: string
  readonly starting_balance?: string
  /** Of a claimable balance: `native`, or `CODE:ISSUER`. */
  readonly asset?: string
  readonly claimants?: readonly { readonly destination: string }[]
}

/** The parts of an effect the demo reads. */
export interface HorizonEffect {
  readonly paging_token: string
  readonly type: string
  readonly account: string
  readonly amount?: string
  readonly asset_type?: string
  readonly asset_code?: string
  readonly asset_issuer?: string
}

/** The parts of a transaction the demo reads. */
export interface HorizonTransaction {
  readonly paging_token: string
  readonly hash: string
  readonly fee_account: string
  /** Stroops. */
  readonly fee_charged: string
}

/** The network as an outsider sees it: plain HTTP, and none of PayD's own code that talks to it. */
export interface Horizon {
  readonly url: string
  readonly networkPassphrase: string
  /** What an account holds, or undefined when it does not exist. */
  balances(address: string): Promise<Balance[] | undefined>
  /** Creates an account with 10,000 XLM. */
  friendbot(address: string): Promise<void>
  /**
   * Signs and submits operations of one account, and resolves when a ledger holds them. The co-signers are the other
   * accounts whose operations are among them.
   */
  submit(signer: Keypair, operations: readonly BuiltOperation[], cosigners?: readonly Keypair[]): Promise<void>
  /** Every successful operation that touches an account, oldest first. */
  operations(address: string): AsyncGenerator<HorizonOperation, void, undefined>
  /** What an operation changed. */
  effects(operationId: string): AsyncGenerator<HorizonEffect, void, undefined>
  /** Every transaction that touches an account, failed ones included, oldest first. */
  transactions(address: string): AsyncGenerator<HorizonTransaction, void, undefined>
}

/** Stroops per operation the demo offers: the network's minimum, a hundred times. */
const FEE_STROOPS = '10000'

/** Seconds a transaction of the demo stays valid. */
const VALID_SECONDS = 60

/** The network behind a Horizon address. Throws when nothing answers there, and for the public network, where money is real. */
export async function openHorizon(url: string): Promise<Horizon> {
  const root = await getJson<{ network_passphrase: string }>(`${url}/`)
  const { network_passphrase: networkPassphrase } = root
  if (networkPassphrase === PUBLIC_PASSPHRASE) {
    throw new Error(`${url} serves the public network, where money is real. Made-up people are not paid there.`)
  }
  const accountOf = (address: string): Promise<HorizonAccount | undefined> => findJson(`${url}/accounts/${address}`)
  return {
    url,
    networkPassphrase,
    balances: async (address) => (await accountOf(address))?.balances.map(readBalance),
    friendbot: async (address) => {
      const response = await request(`${url}/friendbot?addr=${address}`)
      // An answer that was lost on the way is asked for again, and then the account is there already.
      if (!response.ok && (await accountOf(address)) === undefined) throw await refusalOf(response)
    },
    submit: async (signer, operations, cosigners = []) => {
      const address = signer.publicKey()
      const account = await accountOf(address)
      if (account === undefined) throw new Error(`The account ${address} does not exist on the network.`)
      const source = new Account(address, account.sequence)
      const builder = new TransactionBuilder(source, { fee: FEE_STROOPS, networkPassphrase }).setTimeout(VALID_SECONDS)
      for (const operation of operations) builder.addOperation(operation)
      const transaction = builder.build()
      transaction.sign(signer, ...cosigners)
      await postTransaction(url, transaction.toXDR())
    },
    operations: (address) => pages<HorizonOperation>(`${url}/accounts/${address}/operations`),
    effects: (operationId) => pages<HorizonEffect>(`${url}/operations/${operationId}/effects`),
    transactions: (address) =>
      pages<HorizonTransaction>(`${url}/accounts/${address}/transactions`, 'include_failed=true'),
  }
}

interface HorizonAccount {
  readonly sequence: string
  readonly balances: readonly {
    readonly balance: string
    readonly asset_type: string
    readonly asset_code?: string
    readonly asset_issuer?: string
  }[]
}

function readBalance({ balance, ...asset }: HorizonAccount['balances'][number]): Balance {
  return { asset: assetName(asset), balance }
}

/** The name of an asset as the demo compares it: `XLM`, or `CODE:ISSUER`. */
export function assetName(asset: {
  readonly asset_code?: string | undefined
  readonly asset_issuer?: string | undefined
}): string {
  const { asset_code: code = '', asset_issuer: issuer = '' } = asset
  return issuer === '' ? 'XLM' : `${code}:${issuer}`
}

async function* pages<Item extends { readonly paging_token: string }>(
  address: string,
  filter = '',
): AsyncGenerator<Item, void, undefined> {
  let cursor = ''
  for (;;) {
    const query = `limit=200&order=asc&cursor=${cursor}&${filter}`
    const page = await getJson<{ _embedded: { records: Item[] } }>(`${address}?${query}`)
    const { records } = page._embedded
    yield* records
    const last = records.at(-1)
    if (last === undefined) return
    cursor = last.paging_token
  }
}

async function postTransaction(url: string, envelope: string): Promise<void> {
  const response = await request(`${url}/transactions`, { method: 'POST', body: new URLSearchParams({ tx: envelope }) })
  const answer = await response.text()
  if (!response.ok)
    throw new Error(`The network refused a transaction (HTTP ${response.status}): ${resultCodes(answer)}`)
}

function resultCodes(answer: string): string {
  try {
    const { extras, title } = JSON.parse(answer)
    return JSON.stringify(extras?.result_codes ?? title)
  } catch {
    return answer.slice(0, 200)
  }
}

async function findJson<Body>(url: string): Promise<Body | undefined> {
  const response = await request(url)
  if (response.status === 404) return undefined
  if (!response.ok) throw await refusalOf(response)
  return (await response.json()) as Body
}

async function refusalOf(response: Response): Promise<Error> {
  return new Error(`${response.url} answered HTTP ${response.status}: ${(await response.text()).slice(0, 200)}`)
}

/** A busy machine may not accept hundreds of connections in time. Whatever is sent here may be sent again. */
const ATTEMPTS = 3

async function request(url: string, init?: RequestInit): Promise<Response> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await fetch(url, init)
    } catch (error) {
      if (attempt < ATTEMPTS) continue
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error)
      throw new Error(`${url} did not answer: ${cause}`, { cause: error })
    }
  }
}

async function getJson<Body>(url: string): Promise<Body> {
  const body = await findJson<Body>(url)
  if (body === undefined) throw new Error(`GET ${url} answered HTTP 404.`)
  return body
}
