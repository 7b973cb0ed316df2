import { Account, type Keypair, Memo, Operation, TransactionBuilder, type xdr } from '@stellar/stellar-sdk/base'
import type { Sandbox } from '../../tools/sandbox/index.ts'

/** Submits a transaction that PayD knows nothing of, and closes the ledger it is in. */
export async function submitOutside(
  sandbox: Sandbox,
  source: Keypair,
  operations: readonly xdr.Operation[],
  signers: readonly Keypair[] = [source],
): Promise<void> {
  const sequence = await sequenceOf(sandbox, source.publicKey())
  const builder = new TransactionBuilder(new Account(source.publicKey(), sequence), {
    fee: '1000',
    networkPassphrase: sandbox.networkPassphrase,
    timebounds: { minTime: 0, maxTime: 0 },
    memo: Memo.text('not PayD'),
  })
  for (const operation of operations) builder.addOperation(operation)
  const transaction = builder.build()
  transaction.sign(...signers)
  const response = await fetch(`${sandbox.url}/transactions_async`, {
    method: 'POST',
    body: new URLSearchParams({ tx: transaction.toXdr() }),
  })
  if (response.status !== 201) throw new Error(`The sandbox refused: ${await response.text()}`)
  sandbox.closeLedger()
}

/** An operation that changes nothing. */
export function nothing(source?: Keypair): xdr.Operation {
  return Operation.manageData({ name: 'note', value: 'x', ...(source ? { source: source.publicKey() } : {}) })
}

export async function sequenceOf(sandbox: Sandbox, account: string): Promise<string> {
  const response = await fetch(`${sandbox.url}/accounts/${account}`)
  const body: unknown = await response.json()
  if (body !== null && typeof body === 'object' && 'sequence' in body) return String(body.sequence)
  throw new Error(`The sandbox has no account ${account}.`)
}
