import type { xdr } from '@stellar/stellar-sdk/base'
import { larger } from '../amounts.ts'
import { accountOf } from '../balances.ts'
import { OP } from '../codes.ts'
import { keyOf } from '../types.ts'
import { defineOperation, outerResult } from './rule.ts'

const result = (code: 0 | -1): xdr.OperationResultWire => ({ code: 0, tr: { type: 11, bumpSeqResult: { code } } })

/** BumpSequence: raises the sequence of the source; a lower target succeeds and changes nothing but its age. */
export const bumpSequence = defineOperation(11, {
  threshold: 'low',
  untouched: result(0),
  check: ({ bumpSequenceOp: op }) => (op.bumpTo < 0n ? result(-1) : null),
  apply({ bumpSequenceOp: op }, { ledger, source, ledgerSeq, closeTime, emit }) {
    const account = accountOf(ledger, source.id)
    if (!account) return outerResult(OP.no_source_account)
    const seq = larger(op.bumpTo, account.seq)
    ledger.set(keyOf.account(source.id), { ...account, seq, seqLedger: ledgerSeq, seqTime: closeTime })
    if (seq !== account.seq) emit(source, 'sequence_bumped', { new_seq: seq.toString() })
    return result(0)
  },
})
