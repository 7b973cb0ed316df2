import { notFound, Problem } from '../http/problem.ts'
import { hal, type Reply } from '../http/reply.ts'
import type { Context } from '../services.ts'
import { getAccount, getAccountData, listAccounts, requireAccountId } from './accounts.ts'
import { listAssets } from './assets.ts'
import { balanceHistoryOf, getBalance, listBalances } from './claimable-balances.ts'
import { effectsOfOperation, effectsOfTransaction, listEffects } from './effects.ts'
import { feeStats } from './fee-stats.ts'
import { findLedger, getLedger, listLedgers } from './ledgers.ts'
import { getOffer, getOrderBook, listOffers } from './offers.ts'
import { findOperation, getOperation, listOperations } from './operations.ts'
import type { HorizonRequest } from './page.ts'
import { strictReceivePaths, strictSendPaths } from './paths.ts'
import { getRoot } from './root.ts'
import { accountHistoryOf, findTransaction, getTransaction, listTransactions } from './transactions.ts'
import { type View, viewOf } from './view.ts'

/** Answers a GET for Horizon data. Throws a Problem: 404 for an unknown route. */
export function readHorizon(context: Context, request: HorizonRequest): Reply {
  const { node, options } = context
  const view = viewOf(context, options.historyRetentionLedgers)
  const parts = request.path.split('/').filter((part) => part !== '')
  const [root, id, rest, name, ...more] = parts
  const state = (read: () => unknown): Reply => stateReply(view, read)
  if (root === 'accounts' && id !== undefined && rest === 'data' && name !== undefined && more.length === 0) {
    return state(() => getAccountData(view, id, decodePart(name)))
  }
  if (name !== undefined) throw notFound()
  switch (root) {
    case undefined:
      return hal(getRoot(request, view, node))
    case 'accounts':
      if (id === undefined) return state(() => listAccounts(request, view))
      if (rest === undefined) return state(() => getAccount(request, view, id))
      if (rest === 'offers') return state(() => listOffers(request, view, requireAccountId(id, 'account_id')))
      return hal(accountList(request, view, id, rest))
    case 'assets':
      if (id === undefined) return state(() => listAssets(request, view))
      break
    case 'offers':
      if (id === undefined) return state(() => listOffers(request, view))
      if (rest === undefined) return state(() => getOffer(request, view, id))
      break
    case 'order_book':
      if (id === undefined) return state(() => getOrderBook(request, view))
      break
    case 'paths':
      if (rest !== undefined) break
      if (id === undefined || id === 'strict-receive') return state(() => strictReceivePaths(request, view))
      if (id === 'strict-send') return state(() => strictSendPaths(request, view))
      break
    case 'claimable_balances':
      if (id === undefined) return state(() => listBalances(request, view))
      if (rest === undefined) return state(() => getBalance(request, view, id))
      return hal(balanceList(request, view, id, rest))
    case 'transactions':
      return hal(transactionRoutes(request, view, id, rest))
    case 'operations':
      return hal(operationRoutes(request, view, id, rest))
    case 'ledgers':
      return hal(ledgerRoutes(request, view, id, rest, options.maxOperationsPerLedger))
    case 'payments':
      if (id === undefined) {
        return hal(listOperations(request, view, view.history.operations, { onlyPayments: true }))
      }
      break
    case 'effects':
      if (id === undefined) return hal(listEffects(request, view, view.history.effects))
      break
    case 'fee_stats':
      if (id === undefined) return hal(feeStats(view, options.maxOperationsPerLedger))
      break
    default:
  }
  throw notFound()
}

/** Only state routes say which ledger they show, also when they show that something is not there. */
function stateReply(view: View, read: () => unknown): Reply {
  const headers = { 'Latest-Ledger': String(view.ledger) }
  try {
    return hal(read(), headers)
  } catch (error) {
    if (error instanceof Problem) Object.assign(error.headers, headers)
    throw error
  }
}

/** A path part without its percent signs; one that is written wrongly names nothing. */
function decodePart(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    throw notFound()
  }
}

type Body = Record<string, unknown>

function accountList(request: HorizonRequest, view: View, id: string, list: string): Body {
  if (!['transactions', 'operations', 'payments', 'effects'].includes(list)) throw notFound()
  const history = accountHistoryOf(view, requireAccountId(id, 'account_id'))
  if (list === 'transactions') return listTransactions(request, view, history.transactions)
  if (list === 'effects') return listEffects(request, view, history.effects)
  return listOperations(request, view, history.operations, { onlyPayments: list === 'payments' })
}

function balanceList(request: HorizonRequest, view: View, id: string, list: string): Body {
  const history = balanceHistoryOf(view, id)
  if (list === 'transactions') return listTransactions(request, view, history.transactions)
  if (list === 'operations') return listOperations(request, view, history.operations)
  throw notFound()
}

function transactionRoutes(request: HorizonRequest, view: View, id?: string, list?: string): Body {
  if (id === undefined) return listTransactions(request, view)
  if (list === undefined) return getTransaction(request, view, id)
  const record = findTransaction(view, id)
  if (list === 'effects') return listEffects(request, view, effectsOfTransaction(view, record))
  // A client that asks for one transaction knows that it failed, so its operations are shown in any case.
  if (list === 'operations' || list === 'payments') {
    const filter = { onlyPayments: list === 'payments', failedToo: true }
    return listOperations(request, view, record.operations, filter)
  }
  throw notFound()
}

function operationRoutes(request: HorizonRequest, view: View, id?: string, list?: string): Body {
  if (id === undefined) return listOperations(request, view, view.history.operations)
  if (list === undefined) return getOperation(request, view, id)
  if (list === 'effects') return listEffects(request, view, effectsOfOperation(view, findOperation(view, id)))
  throw notFound()
}

function ledgerRoutes(
  request: HorizonRequest,
  view: View,
  id: string | undefined,
  list: string | undefined,
  maxOperations: number,
): Body {
  if (id === undefined) return listLedgers(request, view, maxOperations)
  if (list === undefined) return getLedger(request, view, id, maxOperations)
  const { transactions, ledger } = findLedger(view, id)
  if (list === 'transactions') return listTransactions(request, view, transactions)
  if (list === 'effects') {
    const effects = view.history.effects.filter((effect) => effect.ledger === ledger)
    return listEffects(request, view, effects)
  }
  if (list === 'operations' || list === 'payments') {
    const operations = transactions.flatMap((transaction) => [...transaction.operations])
    return listOperations(request, view, operations, { onlyPayments: list === 'payments' })
  }
  throw notFound()
}
