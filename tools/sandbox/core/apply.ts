import type { xdr } from '@stellar/stellar-sdk/base'
import type { Party } from './addresses.ts'
import { smaller } from './amounts.ts'
import { accountOf } from './balances.ts'
import { OP, TX } from './codes.ts'
import type { EffectName } from './effects.ts'
import { type Envelope, feeAccountOf, feeUnits } from './envelope.ts'
import { ruleOf } from './operations/index.ts'
import { NOT_SUPPORTED, outerResult } from './operations/rule.ts'
import { type Outcome, succeeded } from './results.ts'
import { createSignatureChecker } from './signatures.ts'
import { createLayer, type Layer, type Writable } from './state.ts'
import { type AccountId, keyOf } from './types.ts'
import { type CheckContext, checkCommon, checkOperationSignatures, sourceOf } from './validate.ts'

/** An effect of one operation, not yet numbered. */
export type EmittedEffect = {
  readonly index: number
  readonly account: AccountId
  readonly muxed: Party['muxed']
  readonly type: EffectName
  readonly details: Record<string, unknown>
}

/** What applying a transaction did. Effects and touched accounts are empty unless it succeeded. */
export type Applied = {
  readonly outcome: Outcome
  readonly effects: readonly EmittedEffect[]
  /** Accounts whose own entry the operations changed; Horizon lists the transaction in the history of each. */
  readonly touched: readonly AccountId[]
}

/** Takes the fee: the bid, or less when the ledger's base fee is lower. Returns the stroops taken. */
export function chargeFee(store: Writable, envelope: Envelope, baseFee: bigint): bigint {
  const account = accountOf(store, feeAccountOf(envelope))
  if (!account) return 0n
  const wanted = smaller(envelope.feeBid, baseFee * feeUnits(envelope))
  const fee = smaller(wanted, account.balance)
  store.set(keyOf.account(account.id), { ...account, balance: account.balance - fee })
  return fee
}

/** Applies a transaction whose fee was taken. A failure changes nothing but, where core does so, the sequence. */
export function applyTransaction(store: Writable, envelope: Envelope, context: CheckContext): Applied {
  const checker = createSignatureChecker(envelope.innerHash, envelope.innerSignatures)
  const common = checkCommon(envelope, store, context, checker)
  if (common.progress !== 'invalid') consumeSequence(store, envelope, context)
  if (common.code !== null) return failed({ code: common.code, outer: false, operations: [] })

  const unsigned = checkOperationSignatures(envelope, store, checker)
  if (unsigned) return failed({ code: TX.failed, outer: false, operations: unsigned })
  if (!checker.allUsed()) return failed({ code: TX.bad_auth_extra, outer: false, operations: [] })
  return applyOperations(store, envelope, context)
}

function applyOperations(store: Writable, envelope: Envelope, context: CheckContext): Applied {
  const transaction = createLayer(store)
  const effects: EmittedEffect[] = []
  // Every operation runs, also after a failure, so that the result names all bad operations at once.
  const operations = envelope.operations.map((operation, index) => {
    const layer = createLayer(transaction)
    const result = applyOperation(layer, envelope, operation, index, context, (effect) => effects.push(effect))
    if (succeeded(result)) layer.commit()
    return result
  })
  if (!operations.every(succeeded)) return failed({ code: TX.failed, outer: false, operations })
  const touched = transaction.keys().flatMap((key) => (key.startsWith('a|') ? [key.slice(2)] : []))
  transaction.commit()
  return { outcome: { code: TX.success, outer: false, operations }, effects, touched }
}

function applyOperation(
  ledger: Layer,
  envelope: Envelope,
  operation: xdr.OperationWire,
  index: number,
  context: CheckContext,
  record: (effect: EmittedEffect) => void,
): xdr.OperationResultWire {
  const rule = ruleOf(operation.body.type)
  if (!rule) return NOT_SUPPORTED
  const source = sourceOf(envelope, operation)
  // An earlier operation of this transaction may have merged the account away.
  if (!accountOf(ledger, source.id)) return outerResult(OP.no_source_account)
  const emit = (account: Party | AccountId, type: EffectName, details: Record<string, unknown>): void => {
    const party = typeof account === 'string' ? { id: account, muxed: null } : account
    record({ index, account: party.id, muxed: party.muxed, type, details })
  }
  return (
    rule.check(operation.body, source.id) ??
    rule.apply(operation.body, {
      ledger,
      source,
      txSource: envelope.source.id,
      txSeq: envelope.seq,
      index,
      ledgerSeq: context.ledgerSeq,
      closeTime: context.closeTime,
      emit,
    })
  )
}

function consumeSequence(store: Writable, envelope: Envelope, context: CheckContext): void {
  const account = accountOf(store, envelope.source.id)
  if (!account) return
  const changed = { ...account, seq: envelope.seq, seqLedger: context.ledgerSeq, seqTime: context.closeTime }
  store.set(keyOf.account(account.id), changed)
}

function failed(outcome: Outcome): Applied {
  return { outcome, effects: [], touched: [] }
}
