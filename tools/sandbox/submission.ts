import { accountOf } from './core/balances.ts'
import { TX } from './core/codes.ts'
import type { Envelope } from './core/envelope.ts'
import type { TransactionRecord } from './core/history.ts'
import type { Submission } from './core/mempool.ts'
import type { Node } from './core/node.ts'
import type { Faults } from './faults.ts'

/** What a waiting submission learns: the transaction in a ledger, core's refusal, or nothing in time. */
export type SubmissionOutcome =
  | { readonly kind: 'applied'; readonly record: TransactionRecord }
  | { readonly kind: 'refused'; readonly submission: Extract<Submission, { status: 'ERROR' }> }
  | { readonly kind: 'timeout' }

/** The transaction as far as this server has ingested it. */
export function ingested(node: Node, faults: Faults, hash: string): TransactionRecord | null {
  const record = node.chain().history.byHash.get(hash)
  return record && record.ledger <= ingestedLedger(node, faults) ? record : null
}

/**
 * Submits an envelope and waits until it is in a ledger, as Horizon's POST /transactions does: history is asked first,
 * so an applied envelope gives its stored result again; what core postponed is waited for like what it took; and
 * tx_bad_seq counts only when the server has caught up with core, because the cause may be this very transaction.
 */
export async function submitAndWait(
  node: Node,
  faults: Faults,
  envelope: Envelope,
  timeoutMs: number,
): Promise<SubmissionOutcome> {
  const known = ingested(node, faults, envelope.hash)
  if (known) return { kind: 'applied', record: known }
  const submission = node.submit(envelope)
  if (submission.status === 'ERROR') {
    if (!isBadSequence(submission)) return { kind: 'refused', submission }
    await untilLedger(node, timeoutMs, () => (hasCaughtUp(node, faults, envelope) ? true : null))
    const late = ingested(node, faults, envelope.hash)
    return late ? { kind: 'applied', record: late } : { kind: 'refused', submission }
  }
  const record = await untilLedger(node, timeoutMs, () => ingested(node, faults, envelope.hash))
  return record ? { kind: 'applied', record } : { kind: 'timeout' }
}

function isBadSequence({ result }: Extract<Submission, { status: 'ERROR' }>): boolean {
  const { result: outer } = result
  return ('innerResultPair' in outer ? outer.innerResultPair.result.result.code : outer.code) === TX.bad_seq
}

function hasCaughtUp(node: Node, faults: Faults, envelope: Envelope): boolean {
  const lag = faults.ingestionLag()
  const account = accountOf(node.chain().store.at(lag), envelope.source.id)
  return lag === 0 || (account !== undefined && account.seq >= envelope.seq)
}

function ingestedLedger(node: Node, faults: Faults): number {
  return node.chain().latest().ledger - faults.ingestionLag()
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
