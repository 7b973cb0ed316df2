import { xdr } from '@stellar/stellar-sdk/base'
import { entryKeyWire, entryWire } from '../core/entry-xdr.ts'
import type { Envelope } from '../core/envelope.ts'
import { type Change, changesIn } from '../core/meta.ts'
import { ruleOf } from '../core/operations/index.ts'
import { createLayer } from '../core/state.ts'
import { sourceOf } from '../core/validate.ts'
import type { View } from '../horizon/view.ts'

/** Stroops that a call of a contract costs on top of the fee per operation: always the same here. */
const RESOURCE_FEE = 50_000n

/** simulateTransaction: what a call of the host would give, touch and cost, at the newest ledger. Nothing is changed. */
export function simulate(envelope: Envelope, view: View): Record<string, unknown> {
  const latestLedger = view.ledger
  const [operation, ...others] = envelope.operations
  const rule = operation && ruleOf(operation.body.type)
  if (!operation || others.length > 0) return { error: 'Transaction contains more than one operation', latestLedger }
  if (operation.body.type !== 24 || !rule) {
    return {
      error: 'Transaction contains unsupported operation type: only InvokeHostFunction is simulated',
      latestLedger,
    }
  }
  const layer = createLayer({
    get: view.state.get,
    find: view.find,
    set: () => undefined,
    ledger: () => view.ledger + 1,
  })
  const source = sourceOf(envelope, operation)
  const events: xdr.ContractEventWire[] = []
  let value: xdr.ScValWire | null = null
  const failure = rule.check(operation.body, source.id)
  const result =
    failure ??
    rule.apply(operation.body, {
      ledger: layer,
      source,
      txSource: envelope.source.id,
      txSeq: envelope.seq,
      index: 0,
      ledgerSeq: view.ledger + 1,
      networkId: view.chain.networkId,
      sponsorships: new Map(),
      closeTime: BigInt(view.latest.closedAt),
      emit: () => undefined,
      publish: (event) => void events.push(event),
      giveBack(given) {
        value = given
      },
    })
  if (value === null) {
    const code = result.code === 0 && result.tr.type === 24 ? result.tr.invokeHostFunctionResult.code : result.code
    return { error: `HostError: the call failed with code ${code}`, events: [], latestLedger }
  }
  const changes = changesIn(layer, view.state)
  return {
    transactionData: base64(xdr.SorobanTransactionData.schema.encode(resourcesOf(changes))),
    minResourceFee: RESOURCE_FEE.toString(),
    events: events.map((event) => base64(xdr.DiagnosticEvent.schema.encode({ inSuccessfulContractCall: true, event }))),
    results: [{ auth: [], xdr: base64(xdr.ScVal.schema.encode(value)) }],
    stateChanges: changes.map((change) => stateChange(change, view.ledger + 1)),
    latestLedger,
  }
}

function resourcesOf(changes: readonly Change[]): xdr.SorobanTransactionDataWire {
  const readWrite = changes.flatMap(({ before, after }) => {
    const entry = after ?? before
    return entry ? [entryKeyWire(entry)] : []
  })
  return {
    ext: { v: 0 },
    resources: { footprint: { readOnly: [], readWrite }, instructions: 0, diskReadBytes: 0, writeBytes: 0 },
    resourceFee: RESOURCE_FEE,
  }
}

function stateChange({ before, after }: Change, ledger: number): Record<string, unknown> {
  const entry = after ?? before
  return {
    type: before ? (after ? 'updated' : 'deleted') : 'created',
    key: entry ? base64(xdr.LedgerKey.schema.encode(entryKeyWire(entry))) : '',
    before: before ? base64(xdr.LedgerEntry.schema.encode(entryWire(before))) : null,
    after: after ? base64(xdr.LedgerEntry.schema.encode(entryWire(after, ledger))) : null,
  }
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64')
}
