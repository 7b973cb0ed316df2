import { Account, type Keypair, TransactionBuilder, type xdr } from '@stellar/stellar-sdk/base'
import type { Sandbox } from '../../../tools/sandbox/index.ts'
import { sequenceOf } from '../outsider.ts'

/** The most signatures and operations of a transaction. */
const SIGNERS = 20
const OPERATIONS = 100
const TRANSACTIONS_PER_LEDGER = 50

export type Outside = { readonly key: Keypair; readonly operation: xdr.Operation }

/** Submits operations that PayD knows nothing of, each signed by its own account, and closes the ledgers they are in. */
export async function submitTogether(sandbox: Sandbox, all: readonly Outside[]): Promise<void> {
  const groups: Outside[][] = []
  for (const one of all) {
    const open = groups.at(-1) ?? []
    const isFull = new Set([...open, one].map(({ key }) => key)).size > SIGNERS || open.length === OPERATIONS
    if (open.length === 0 || isFull) groups.push([one])
    else open.push(one)
  }
  for (let start = 0; start < groups.length; start += TRANSACTIONS_PER_LEDGER) {
    for (const group of groups.slice(start, start + TRANSACTIONS_PER_LEDGER)) await submit(sandbox, group)
    sandbox.closeLedger()
  }
}

async function submit(sandbox: Sandbox, group: readonly Outside[]): Promise<void> {
  const [first] = group
  if (first === undefined) return
  const source = first.key.publicKey()
  const builder = new TransactionBuilder(new Account(source, await sequenceOf(sandbox, source)), {
    fee: '1000',
    networkPassphrase: sandbox.networkPassphrase,
    timebounds: { minTime: 0, maxTime: 0 },
  })
  for (const { operation } of group) builder.addOperation(operation)
  const transaction = builder.build()
  transaction.sign(...new Set(group.map(({ key }) => key)))
  const response = await fetch(`${sandbox.url}/transactions_async`, {
    method: 'POST',
    body: new URLSearchParams({ tx: transaction.toXdr() }),
  })
  if (response.status !== 201) throw new Error(`The sandbox refused: ${await response.text()}`)
}
