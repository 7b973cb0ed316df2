import type { xdr } from '@stellar/stellar-sdk/base'
import type { Party } from './addresses.ts'
import { smaller } from './amounts.ts'
import { accountOf } from './balances.ts'
import { OP, TX } from './codes.ts'
import type { EffectName } from './effects.ts'
import { type Envelope, feeAccountOf, feeUnits } from './envelope.ts'
import { type Change, changesIn, NO_CHANGES, type TransactionChanges } from './meta.ts'
import { ruleOf } from './operations/index.ts'
import { NOT_SUPPORTED, outerResult } from './operations/rule.ts'
import type { Sponsorships } from './reserves.ts'
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
  readonly changes: TransactionChanges
}

/** Takes the fee: the bid, or less when the ledger's base fee is lower. Returns the stroops taken. */
export function chargeFee(
  store: Writable,
  envelope: Envelope,
  baseFee: bigint,
): { readonly fee: bigint; readonly changes: readonly Change[] } {
  const account = accountOf(store, feeAccountOf(envelope))
  if (!account) return { fee: 0n, changes: [] }
  const wanted = smaller(envelope.feeBid, baseFee * feeUnits(envelope) + envelope.resourceFee)
  const fee = smaller(wanted, account.balance)
  store.set(keyOf.account(account.id), { ...account, balance: account.balance - fee })
  return { fee, changes: [{ before: account, after: accountOf(store, account.id) }] }
}

/** Applies a transaction whose fee was taken. A failure changes nothing but, where core does so, the sequence. */
export function applyTransaction(store: Writable, envelope: Envelope, context: CheckContext): Applied {
  const checker = createSignatureChecker(envelope.innerHash, envelope.innerSignatures)
  const common = checkCommon(envelope, store, context, checker)
  const sequence = common.progress === 'invalid' ? [] : consumeSequence(store, envelope, context)
  const failed = (outcome: Outcome): Applied => ({
    outcome,
    effects: [],
    touched: [],
    changes: { ...NO_CHANGES, sequence },
  })
  if (common.code !== null) return failed({ code: common.code, outer: false, operations: [] })

  const unsigned = checkOperationSignatures(envelope, store, checker)
  if (unsigned) return failed({ code: TX.failed, outer: false, operations: unsigned })
  if (!checker.allUsed()) return failed({ code: TX.bad_auth_extra, outer: false, operations: [] })
  const applied = applyOperations(store, envelope, context)
  return { ...applied, changes: { ...applied.changes, sequence } }
}

function applyOperations(store: Writable, envelope: Envelope, context: CheckContext): Applied {
  const transaction = createLayer(store)
  const running: Running = { effects: [], events: [], returnValue: null, sponsorships: new Map() }
  const changes: Change[][] = []
  // Every operation runs, also after a failure, so that the result names all bad operations at once.
  const operations = envelope.operations.map((operation, index) => {
    const layer = createLayer(transaction)
    const result = applyOperation(layer, envelope, operation, index, context, running)
    changes.push(changesIn(layer, transaction))
    if (succeeded(result)) layer.commit()
    return result
  })
  const nothing = { effects: [], touched: [], changes: NO_CHANGES }
  if (!operations.every(succeeded)) return { outcome: { code: TX.failed, outer: false, operations }, ...nothing }
  // Every sponsorship must have been ended before the transaction ends.
  if (running.sponsorships.size > 0) {
    return { outcome: { code: TX.bad_sponsorship, outer: false, operations: [] }, ...nothing }
  }
  const touched = transaction.keys().flatMap((key) => (key.startsWith('a|') ? [key.slice(2)] : []))
  transaction.commit()
  const { effects, events, returnValue } = running
  return {
    outcome: { code: TX.success, outer: false, operations },
    effects,
    touched,
    changes: { ...NO_CHANGES, operations: changes, events: operations.map((_, at) => events[at] ?? []), returnValue },
  }
}

/** What the operations of a transaction leave behind while it runs. */
type Running = {
  readonly effects: EmittedEffect[]
  readonly events: xdr.ContractEventWire[][]
  readonly sponsorships: Sponsorships
  returnValue: xdr.ScValWire | null
}

function applyOperation(
  ledger: Layer,
  envelope: Envelope,
  operation: xdr.OperationWire,
  index: number,
  context: CheckContext,
  running: Running,
): xdr.OperationResultWire {
  const rule = ruleOf(operation.body.type)
  if (!rule) return NOT_SUPPORTED
  const source = sourceOf(envelope, operation)
  // An earlier operation of this transaction may have merged the account away.
  if (!accountOf(ledger, source.id)) return outerResult(OP.no_source_account)
  const emit = (account: Party | AccountId, type: EffectName, details: Record<string, unknown>): void => {
    const party = typeof account === 'string' ? { id: account, muxed: null } : account
    running.effects.push({ index, account: party.id, muxed: party.muxed, type, details })
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
      networkId: context.networkId,
      sponsorships: running.sponsorships,
      closeTime: context.closeTime,
      emit,
      publish(event) {
        running.events[index] = [...(running.events[index] ?? []), event]
      },
      giveBack(value) {
        running.returnValue = value
      },
    })
  )
}

function consumeSequence(store: Writable, envelope: Envelope, context: CheckContext): Change[] {
  const account = accountOf(store, envelope.source.id)
  if (!account) return []
  const changed = { ...account, seq: envelope.seq, seqLedger: context.ledgerSeq, seqTime: context.closeTime }
  store.set(keyOf.account(account.id), changed)
  return [{ before: account, after: changed }]
}
