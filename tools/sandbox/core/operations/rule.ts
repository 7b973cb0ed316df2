import type { xdr } from '@stellar/stellar-sdk/base'
import type { Party } from '../addresses.ts'
import { OP } from '../codes.ts'
import type { EffectName } from '../effects.ts'
import type { Sponsorships } from '../reserves.ts'
import type { Layer } from '../state.ts'
import type { AccountId } from '../types.ts'

type Body = xdr.OperationBodyWire
type BodyOf<T extends Body['type']> = Extract<Body, { type: T }>

/** Which threshold of its source account an operation needs. */
export type ThresholdLevel = 'low' | 'medium' | 'high'

/** What an operation may see and change. Changes count only when the whole transaction succeeds. */
export type OperationContext = {
  readonly ledger: Layer
  readonly source: Party
  /** The transaction's own source and sequence: they name claimable balances. */
  readonly txSource: AccountId
  readonly txSeq: bigint
  readonly index: number
  readonly ledgerSeq: number
  /** The network that contract ids are bound to. */
  readonly networkId: Uint8Array
  /** Who sponsors whom at this point of the transaction. */
  readonly sponsorships: Sponsorships
  /** Close time of the ledger in epoch seconds. */
  readonly closeTime: bigint
  /** Records an effect for the history. */
  readonly emit: (account: Party | AccountId, effect: EffectName, details: Record<string, unknown>) => void
  /** Records an event of a contract, and what a call of a contract gave back. */
  readonly publish: (event: xdr.ContractEventWire) => void
  readonly giveBack: (value: xdr.ScValWire) => void
}

/** How one type of operation is checked and executed. */
export type OperationRule = {
  readonly threshold: (body: Body) => ThresholdLevel
  /** The failing result of an operation that is wrong whatever the ledger holds, else null. */
  readonly check: (body: Body, source: AccountId) => xdr.OperationResultWire | null
  readonly apply: (body: Body, context: OperationContext) => xdr.OperationResultWire
  /** The result core reports for an operation it did not reach. */
  readonly untouched: xdr.OperationResultWire
}

type Definition<T extends Body['type']> = {
  readonly threshold: ThresholdLevel | ((body: BodyOf<T>) => ThresholdLevel)
  readonly check: (body: BodyOf<T>, source: AccountId) => xdr.OperationResultWire | null
  readonly apply: (body: BodyOf<T>, context: OperationContext) => xdr.OperationResultWire
  readonly untouched: xdr.OperationResultWire
}

/** A rule for one operation type, callable with any operation body of that type. */
export function defineOperation<T extends Body['type']>(type: T, definition: Definition<T>): OperationRule {
  const narrow = (body: Body): BodyOf<T> => {
    if (isOfType(body, type)) return body
    throw new Error(`The rule of operation type ${type} was asked about an operation of type ${body.type}.`)
  }
  const { threshold } = definition
  return {
    threshold: (body) => (typeof threshold === 'function' ? threshold(narrow(body)) : threshold),
    check: (body, source) => definition.check(narrow(body), source),
    apply: (body, context) => definition.apply(narrow(body), context),
    untouched: definition.untouched,
  }
}

function isOfType<T extends Body['type']>(body: Body, type: T): body is BodyOf<T> {
  return body.type === type
}

/** The result of an operation that was not executed. */
export function outerResult(code: (typeof OP)[keyof typeof OP]): xdr.OperationResultWire {
  return { code }
}

/** The result of operations the sandbox does not implement. */
export const NOT_SUPPORTED: xdr.OperationResultWire = outerResult(OP.not_supported)
