import { xdr } from '@stellar/stellar-sdk/base'
import { entryKeyWire, entryWire } from './entry-xdr.ts'
import type { Layer, Reader } from './state.ts'
import type { Entry } from './types.ts'

/** One entry before and after; undefined where there was none or is none. */
export type Change = { readonly before: Entry | undefined; readonly after: Entry | undefined }

/** What a transaction changed, and the events and the value of the contracts it called. */
export type TransactionChanges = {
  readonly fee: readonly Change[]
  readonly sequence: readonly Change[]
  readonly operations: readonly (readonly Change[])[]
  readonly events: readonly (readonly xdr.ContractEventWire[])[]
  readonly returnValue: xdr.ScValWire | null
}

/** Changes of nothing. */
export const NO_CHANGES: TransactionChanges = { fee: [], sequence: [], operations: [], events: [], returnValue: null }

/** What a layer changes in the reader below it. */
export function changesIn(layer: Layer, below: Reader): Change[] {
  return layer
    .keys()
    .map((key) => ({ before: below.get(key), after: layer.get(key) }))
    .filter(({ before, after }) => (before ?? after)?.kind !== 'counter')
}

/** Base64 of the TransactionMeta (version 4, as since protocol 23) of a transaction in this ledger. */
export function metaXdr(changes: TransactionChanges, ledger: number): string {
  return base64(xdr.TransactionMeta.schema.encode(metaWire(changes, ledger)))
}

/** Base64 of the changes that the fee made. */
export function feeMetaXdr({ fee }: TransactionChanges, ledger: number): string {
  // LedgerEntryChanges has no class of its own, so it is written as what it is: a counted list.
  const parts = changesWire(fee, ledger).map((change) => Buffer.from(xdr.LedgerEntryChange.schema.encode(change)))
  const count = Buffer.alloc(4)
  count.writeUInt32BE(parts.length)
  return Buffer.concat([count, ...parts]).toString('base64')
}

/** The XDR form of the TransactionMeta. */
export function metaWire(changes: TransactionChanges, ledger: number): xdr.TransactionMetaWire {
  const { sequence, operations, events, returnValue } = changes
  return {
    v: 4,
    v4: {
      ext: { v: 0 },
      txChangesBefore: changesWire(sequence, ledger),
      operations: operations.map((list, index) => ({
        ext: { v: 0 },
        changes: changesWire(list, ledger),
        events: [...(events[index] ?? [])],
      })),
      txChangesAfter: [],
      sorobanMeta: returnValue === null ? null : { ext: { v: 0 }, returnValue },
      events: [],
      diagnosticEvents: [],
    },
  }
}

/** The XDR form of changes: the old state first, then what became of it. */
export function changesWire(changes: readonly Change[], ledger: number): xdr.LedgerEntryChangeWire[] {
  return changes.flatMap(({ before, after }): xdr.LedgerEntryChangeWire[] => {
    if (before && after) {
      return [
        { type: 3, state: entryWire(before) },
        { type: 1, updated: entryWire(after, ledger) },
      ]
    }
    if (after) return [{ type: 0, created: entryWire(after, ledger) }]
    return before
      ? [
          { type: 3, state: entryWire(before) },
          { type: 2, removed: entryKeyWire(before) },
        ]
      : []
  })
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64')
}
