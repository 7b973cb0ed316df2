import { accountOf } from './core/balances.ts'
import { TX } from './core/codes.ts'
import type { Envelope } from './core/envelope.ts'
import type { TransactionRecord } from './core/history.ts'
import type { Submission } from './core/mempool.ts'
import type { Node } from './core/node.ts'
import { shownHistory } from './faults/false-history.ts'
import { appliedRecord } from './faults/false-records.ts'
import { strikesOf } from './faults/registry.ts'
import { lagOfStrikes } from './horizon/view.ts'
import type { Context } from './services.ts'

/** What a waiting submission learns: the transaction in a ledger, core's refusal, or nothing in time. */
export type SubmissionOutcome =
  | { readonly kind: 'applied'; readonly record: TransactionRecord }
  | { readonly kind: 'refused'; readonly submission: Extract<Submission, { status: 'ERROR' }> }
  | { readonly kind: 'timeout' }

/** The transaction as far as this server has ingested it. */
export function ingested(context: Context, hash: string): TransactionRecord | null {
  const chain = context.node.chain()
  const record = shownHistory(chain, context.strikes).byHash.get(hash)
  return record && record.ledger <= chain.latest().ledger - lagOf(context) ? record : null
}

/** Hands an envelope to the network, or keeps it back and goes on telling that it was applied. */
export function handIn({ node, strikes }: Context, envelope: Envelope): Submission {
  const [lie] = strikesOf(strikes, 'pretend-applied')
  if (!lie) return node.submit(envelope)
  if (!lie.told.some((record) => record.envelope.hash === envelope.hash)) {
    lie.told.push(appliedRecord(node.chain(), envelope, lie.told.length))
  }
  return { status: 'PENDING' }
}

/**
 * Submits an envelope and waits until it is in a ledger, as Horizon's POST /transactions does: history is asked first,
 * so an applied envelope gives its stored result again; what core postponed is waited for like what it took; and
 * tx_bad_seq counts only when the server has caught up with core, because the cause may be this very transaction.
 */
export async function submitAndWait(context: Context, envelope: Envelope): Promise<SubmissionOutcome> {
  const { node } = context
  const timeoutMs = context.options.submitTimeoutMs
  const known = ingested(context, envelope.hash)
  if (known) return { kind: 'applied', record: known }
  const submission = handIn(context, envelope)
  if (submission.status === 'ERROR') {
    if (!isBadSequence(submission)) return { kind: 'refused', submission }
    await untilLedger(node, timeoutMs, () => (hasCaughtUp(context, envelope) ? true : null))
    const late = ingested(context, envelope.hash)
    return late ? { kind: 'applied', record: late } : { kind: 'refused', submission }
  }
  const record = await untilLedger(node, timeoutMs, () => ingested(context, envelope.hash))
  return record ? { kind: 'applied', record } : { kind: 'timeout' }
}

function isBadSequence({ result }: Extract<Submission, { status: 'ERROR' }>): boolean {
  const { result: outer } = result
  return ('innerResultPair' in outer ? outer.innerResultPair.result.result.code : outer.code) === TX.bad_seq
}

function hasCaughtUp(context: Context, envelope: Envelope): boolean {
  const lag = lagOf(context)
  const account = accountOf(context.node.chain().store.at(lag), envelope.source.id)
  return lag === 0 || (account !== undefined && account.seq >= envelope.seq)
}

function lagOf({ node, faults, strikes }: Context): number {
  return Math.max(faults.ingestionLag(), lagOfStrikes(strikes, node.chain().latest().ledger))
}

/** The first answer that is not null, asked now and after every ledger; null when the time is up. */
function untilLedger<T>(node: Node, timeoutMs: number, ask: () => T | null): Promise<T | null> {
  const first = ask()
  if (first !== null) return Promise.resolve(first)
  return new Promise((resolve) => {
    const finish = (answer: T | null): void => {
      clearTimeout(timer)
      stop()
      resolve(answer)
    }
    const stop = node.onLedger(() => {
      const answer = ask()
      if (answer !== null) finish(answer)
    })
    const timer = setTimeout(() => finish(null), timeoutMs)
    // A waiting request must not keep the process alive after the server closed.
    timer.unref()
  })
}
