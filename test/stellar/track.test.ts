import { TransactionBuilder, xdr } from '@stellar/stellar-sdk/base'
import { describe, expect, test } from 'vitest'
import type { Horizon, HorizonAnswer } from '../../supabase/functions/_shared/stellar/horizon.ts'
import type { AccountState, TransactionRecord } from '../../supabase/functions/_shared/stellar/horizon-records.ts'
import { trackTransaction } from '../../supabase/functions/_shared/stellar/track.ts'
import { address, aPlan, keypair, PASSPHRASE } from '../support/plans.ts'
import { anAccount, answered, EVASIONS, foreignPlan, liveOf, recordOf } from '../support/records.ts'

const plan = aPlan()
const live = liveOf(plan)
/** The place in the history where the search begins: 21 ledgers before the last valid one. */
const BOUND = (999n << 32n).toString()
const NOT_FOUND = { kind: 'not_found', latestLedger: null } as const
const USED = answered(anAccount({ ledger: 9_999, sequence: '120192344791187999' }))

describe('following a transaction', () => {
  test('what is found needs no further question', async () => {
    const { tracking, asked } = await track({ lookup: answered(recordOf(plan)) })
    expect(tracking).toMatchObject({ kind: 'settled', evidence: { proof: 'found_by_hash' } })
    expect(asked).toEqual(['transaction'])
  })

  test('while no provider can say whether the transaction is on the ledger, it is neither open nor settled', async () => {
    for (const lookup of EVASIONS.filter(({ kind }) => kind !== 'not_found')) {
      const { tracking, asked } = await track({ lookup, account: answered(anAccount({ ledger: 9_999 })) })
      expect(tracking).toMatchObject({ kind: 'unknown' })
      expect(asked).toEqual(['transaction'])
    }
    const unreadable = answered(recordOf(plan, { result_xdr: 'AAAA' }))
    expect((await track({ lookup: unreadable })).tracking).toMatchObject({
      kind: 'unknown',
      reason: 'result_is_unreadable',
    })
  })

  test('it is open only while one state shows its number unused before its last ledger', async () => {
    expect((await track({ account: answered(anAccount({ ledger: 1_019 })) })).tracking).toEqual({ kind: 'open' })
    expect((await track({ account: answered(anAccount({ ledger: 1_020 })) })).tracking).toMatchObject({
      kind: 'settled',
      evidence: { proof: 'sequence_unused_after_bounds' },
    })
    for (const account of EVASIONS) expect((await track({ account })).tracking).toMatchObject({ kind: 'unknown' })
    const mute = answered(anAccount({ ledger: null }))
    expect((await track({ account: mute })).tracking).toMatchObject({
      kind: 'unknown',
      reason: 'account_without_ledger',
    })
  })

  test('who used its number is looked for page by page, from the ledgers on in which it can have been used', async () => {
    const other = recordOf(foreignPlan())
    const { tracking, asked } = await track({
      account: USED,
      pages: [fullPage('90'), [...fullPage('80').slice(1), other]],
    })
    expect(tracking).toMatchObject({
      kind: 'settled',
      evidence: { proof: 'sequence_used_by_other', other_envelope_xdr: other.envelope_xdr },
    })
    expect(asked.slice(2)).toEqual([`asc ${BOUND} 200`, 'asc 90 200'])
  })

  test('a holder without the signature of a known signer proves nothing, and the reason tells whether a key could have signed it', async () => {
    const plan = foreignPlan()
    const envelope = TransactionBuilder.fromXdr(recordOf(plan).envelope_xdr, plan.network_passphrase)
    const signedBy = async (...signatures: readonly xdr.DecoratedSignature[]) => {
      envelope.signatures.splice(0, envelope.signatures.length, ...signatures)
      const holder = recordOf(plan, { envelope_xdr: envelope.toXdr() })
      return (await track({ account: USED, pages: [[holder], [holder]] })).tracking
    }
    const [own] = [...envelope.signatures]
    if (own === undefined) throw new Error('The account signs its own transaction.')
    const hint = own.hint.toBytes()
    const stranger = keypair(40).signDecorated(envelope.hash())
    const opensHash = new xdr.DecoratedSignature({ hint: own.hint, signature: new xdr.Signature(new Uint8Array(9)) })
    const otherHint = new xdr.DecoratedSignature({
      hint: new xdr.SignatureHint(hint.map((byte) => byte ^ 1)),
      signature: own.signature,
    })
    expect(await signedBy(stranger)).toMatchObject({ kind: 'unknown', reason: 'sequence_holder_is_not_signed' })
    expect(await signedBy(otherHint)).toMatchObject({ kind: 'unknown', reason: 'sequence_holder_is_not_signed' })
    expect(await signedBy()).toMatchObject({ kind: 'unknown', reason: 'sequence_holder_not_verifiable' })
    expect(await signedBy(opensHash)).toMatchObject({ kind: 'unknown', reason: 'sequence_holder_not_verifiable' })
    expect(await signedBy(stranger, own)).toMatchObject({ kind: 'settled' })
  })

  test('what used its number before those ledgers is looked for backwards', async () => {
    const other = recordOf(foreignPlan())
    const { tracking, asked } = await track({ account: USED, pages: [[], [other]] })
    expect(tracking).toMatchObject({ kind: 'settled', evidence: { proof: 'sequence_used_by_other' } })
    expect(asked.slice(2)).toEqual([`asc ${BOUND} 200`, `desc ${BOUND} 200`])
  })

  test('behind a later number on the way up, and an older one on the way down, it looks no further', async () => {
    const later = recordOf(aPlan({ sequence_number: '120192344791187472' }))
    const older = recordOf(aPlan({ sequence_number: '5' }))
    const { tracking, asked } = await track({
      account: USED,
      pages: [[...fullPage('90').slice(1), later], [...fullPage('70').slice(1), older], fullPage('60')],
    })
    expect(tracking).toMatchObject({ kind: 'unknown', reason: 'sequence_holder_not_seen' })
    expect(asked.slice(2)).toEqual([`asc ${BOUND} 200`, `desc ${BOUND} 200`])
  })

  test('a short page is the end, and a long history has a limit', async () => {
    expect((await track({ account: USED, pages: [[], []] })).asked.slice(2)).toHaveLength(2)
    const endless = Array.from({ length: 200 }, (_, index) => fullPage(String(1_000 - index)))
    const { tracking, asked } = await track({ account: USED, pages: endless })
    expect(tracking).toMatchObject({ kind: 'unknown', reason: 'sequence_holder_not_seen' })
    expect(asked.slice(2)).toHaveLength(100)
  })

  test('a page that is too large to read at once is asked for in smaller ones', async () => {
    const { asked } = await track({ account: USED, history: { kind: 'silent', reason: 'too_large' } })
    expect(asked.slice(2)).toEqual([`asc ${BOUND} 200`, `asc ${BOUND} 10`])
  })

  test('a history that cannot be read proves nothing, and says how long to wait', async () => {
    const busy = { kind: 'refused', status: 429, problem: 'rate_limit_exceeded', retryAfterSeconds: 9 } as const
    const { tracking } = await track({ account: USED, history: busy })
    expect(tracking).toEqual({ kind: 'unknown', reason: 'history_refused', retryAfterSeconds: 9 })
  })
})

async function track(answers: {
  readonly lookup?: HorizonAnswer<TransactionRecord>
  readonly account?: HorizonAnswer<AccountState>
  readonly pages?: readonly (readonly TransactionRecord[])[]
  readonly history?: HorizonAnswer<readonly TransactionRecord[]>
}) {
  const asked: string[] = []
  let pages = 0
  const unexpected = () => Promise.reject(new Error('not asked for'))
  const horizon: Horizon = {
    root: unexpected,
    history: unexpected,
    effects: unexpected,
    sponsoredBalances: unexpected,
    feeStats: unexpected,
    submit: unexpected,
    transaction: async () => {
      asked.push('transaction')
      return answers.lookup ?? NOT_FOUND
    },
    account: async () => {
      asked.push('account')
      return answers.account ?? NOT_FOUND
    },
    transactions: async (_account, { order, cursor, limit }) => {
      asked.push(`${order} ${cursor} ${limit}`)
      pages++
      return answers.history ?? answered(answers.pages?.[pages - 1] ?? [])
    },
  }
  return { tracking: await trackTransaction(horizon, live, PASSPHRASE), asked }
}

/** A page of other people's transactions that touch the account, ending at a cursor. */
function fullPage(cursor: string): readonly TransactionRecord[] {
  const stranger = recordOf(aPlan({ source_account: address(8), sequence_number: '7' }), { paging_token: cursor })
  return Array.from({ length: 200 }, () => stranger)
}
