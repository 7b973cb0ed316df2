import type { DataTag } from '@tanstack/query-core'
import type { CallOptions } from '../core/client.ts'
import type { PayrollRunId } from '../core/ids.ts'
import type { Page, PageOptions } from '../core/pages.ts'
import type { Payd } from '../create-payd.ts'
import type { PayrollRunChangesOptions } from '../payroll/payroll-edits.ts'
import type { PayrollRunSummary } from '../rows.ts'
import type { Area } from './areas.ts'
import { type PaydKey, paydKey } from './keys.ts'

/** What `useQuery`, `fetchQuery` and the like take, in every framework of TanStack Query. */
export interface PaydQuery<Data> {
  readonly queryKey: DataTag<PaydKey, Data>
  readonly queryFn: (context: { readonly signal: AbortSignal }) => Promise<Data>
}

/** The progress of a run, which is read again and again while it is being paid. */
export interface PaydProgress extends PaydQuery<PayrollRunSummary> {
  readonly refetchInterval: (query: {
    readonly state: { readonly data?: PayrollRunSummary | undefined }
  }) => number | false
}

/** What `useInfiniteQuery` and the like take. */
export interface PaydPages<Item> {
  readonly queryKey: DataTag<PaydKey, { pages: Page<Item>[]; pageParams: (string | null)[] }>
  readonly queryFn: (context: {
    readonly signal: AbortSignal
    readonly pageParam: string | null
  }) => Promise<Page<Item>>
  readonly initialPageParam: string | null
  readonly getNextPageParam: (last: Page<Item>) => string | null
}

/** A list as one page, for `useQuery`, and page by page, for `useInfiniteQuery`. */
export interface PaydList<Filter, Item> {
  readonly list: (filter?: Filter, limit?: number) => PaydQuery<Page<Item>>
  readonly pages: (filter?: Filter, limit?: number) => PaydPages<Item>
}

type Argument<Call extends (...args: never[]) => unknown> = Parameters<Call>[0]

/**
 * Everything that screens read, as options for TanStack Query: `useQuery(queries.payrollRuns.get(id))`. The calls are those of `createPayd`,
 * so their documentation is there. Errors are `PaydError`s; leave `retry` at false, because the calls repeat what may pass themselves.
 *
 * @example
 * ```ts
 * import { createClient } from '@supabase/supabase-js'
 * import { QueryClient } from '@tanstack/query-core'
 * import { createPayd } from 'payd'
 * import { paydQueries } from 'payd/query'
 *
 * const payd = createPayd(createClient('http://127.0.0.1:54321', 'sb_publishable_…'))
 * const queries = paydQueries(payd)
 * const cache = new QueryClient({ defaultOptions: { queries: { retry: false } } })
 * export const runs = () => cache.fetchQuery(queries.payrollRuns.list({ status: 'pending' }))
 * ```
 */
export function paydQueries(payd: Payd) {
  const { one, pages, list } = queriesOf(payd)
  return {
    organizations: {
      current: () => one('organizations', 'current', [], (options) => payd.organizations.current(options)),
      list: () => one('organizations', 'list', [], (options) => payd.organizations.list(options)),
    },
    members: {
      ...list('members', payd.members.list),
      invitations: () => one('members', 'invitations', [], (options) => payd.members.invitations(options)),
    },
    approvalThresholds: {
      list: () => one('approvalThresholds', 'list', [], (options) => payd.approvalThresholds.list(options)),
    },
    auditLogs: list('auditLogs', payd.auditLogs.list),
    employees: {
      ...list('employees', payd.employees.list),
      get: (id: Argument<Payd['employees']['get']>) =>
        one('employees', 'get', [id], (options) => payd.employees.get(id, options)),
      search: (words: string, limit?: number) =>
        one('employees', 'search', [words, limit], (options) => payd.employees.search(words, { ...options, limit })),
    },
    walletChanges: list('walletChanges', payd.walletChanges.list),
    payrollRuns: {
      ...list('payrollRuns', payd.payrollRuns.list),
      get: (id: PayrollRunId) => one('payrollRuns', 'get', [id], (options) => payd.payrollRuns.get(id, options)),
      items: (id: PayrollRunId, filter: Parameters<Payd['payrollRuns']['items']>[1] = {}) =>
        pages('payrollRuns', 'items', [id, filter], (options) => payd.payrollRuns.items(id, filter, options)),
      summaries: (filter: Argument<Payd['payrollRuns']['summaries']> = {}) =>
        pages('payrollRuns', 'summaries', [filter], (options) => payd.payrollRuns.summaries(filter, options)),
      /** The progress of a run, read again every second while it is being paid. */
      progress: (id: PayrollRunId, intervalMs = 1_000): PaydProgress => ({
        ...one('payrollRuns', 'summary', [id], (options) => payd.payrollRuns.summary(id, options)),
        refetchInterval: (query) => query.state.data?.status === 'processing' && intervalMs,
      }),
      /** What an approver should look at. */
      changes: (id: PayrollRunId, which: Pick<PayrollRunChangesOptions, 'only' | 'except' | 'limit'> = {}) =>
        one('payrollRuns', 'changes', [id, which], (options) => payd.payrollRuns.changes(id, { ...which, ...options })),
      /** What the ledger says about a run before it is paid; made old by the event `payroll.checked`. */
      preflight: (id: PayrollRunId) =>
        one('payrollRuns', 'preflight', [id], (options) => payd.payrollRuns.preflight(id, options)),
      preflightFindings: (report: Parameters<Payd['payrollRuns']['preflightFindings']>[0]) =>
        pages('payrollRuns', 'preflightFindings', [report.payroll_preflight_id], (options) =>
          payd.payrollRuns.preflightFindings(report, options),
        ),
      approvals: (id: PayrollRunId) =>
        one('payrollRuns', 'approvals', [id], (options) => payd.payrollRuns.approvals(id, options)),
      approvalState: (id: PayrollRunId) =>
        one('payrollRuns', 'approvalState', [id], (options) => payd.payrollRuns.approvalState(id, options)),
      trail: (id: PayrollRunId) =>
        pages('payrollRuns', 'trail', [id], (options) => payd.payrollRuns.trail(id, options)),
    },
    payslips: list('payslips', payd.payslips.list),
    payrollSchedules: {
      ...list('payrollSchedules', payd.payrollSchedules.list),
      get: (id: Argument<Payd['payrollSchedules']['get']>) =>
        one('payrollSchedules', 'get', [id], (options) => payd.payrollSchedules.get(id, options)),
      preview: (schedule: Argument<Payd['payrollSchedules']['preview']>, occurrences = 12) =>
        one('payrollSchedules', 'preview', [schedule, occurrences], (options) =>
          payd.payrollSchedules.preview(schedule, occurrences, options),
        ),
    },
    transactions: {
      ...list('transactions', payd.transactions.list),
      get: (id: Argument<Payd['transactions']['get']>) =>
        one('transactions', 'get', [id], (options) => payd.transactions.get(id, options)),
      search: (words: string) =>
        one('transactions', 'search', [words], (options) => payd.transactions.search(words, options)),
    },
    statements: list('statements', payd.statements.list),
    ledger: {
      histories: () => one('ledger', 'histories', [], (options) => payd.ledger.histories(options)),
      transactions: (filter: Argument<Payd['ledger']['transactions']> = {}) =>
        pages('ledger', 'transactions', [filter], (options) => payd.ledger.transactions(filter, options)),
      movements: (filter: Argument<Payd['ledger']['movements']> = {}) =>
        pages('ledger', 'movements', [filter], (options) => payd.ledger.movements(filter, options)),
      statements: (filter: Argument<Payd['ledger']['statements']> = {}) =>
        pages('ledger', 'statements', [filter], (options) => payd.ledger.statements(filter, options)),
      differences: () => pages('ledger', 'differences', [], (options) => payd.ledger.differences(options)),
      gaps: (filter: Argument<Payd['ledger']['gaps']> = {}) =>
        pages('ledger', 'gaps', [filter], (options) => payd.ledger.gaps(filter, options)),
    },
    claimableBalances: list('claimableBalances', payd.claimableBalances.list),
    balanceThresholds: {
      list: () => one('balanceThresholds', 'list', [], (options) => payd.balanceThresholds.list(options)),
    },
    wallets: {
      ...list('wallets', payd.wallets.list),
      balances: () => one('wallets', 'balances', [], (options) => payd.wallets.balances(options)),
    },
    events: list('events', payd.events.list),
    webhooks: {
      subscriptions: () => one('webhooks', 'subscriptions', [], (options) => payd.webhooks.subscriptions(options)),
      deliveries: (filter: Argument<Payd['webhooks']['deliveries']> = {}) =>
        pages('webhooks', 'deliveries', [filter], (options) => payd.webhooks.deliveries(filter, options)),
      attempts: (filter: Argument<Payd['webhooks']['attempts']> = {}) =>
        pages('webhooks', 'attempts', [filter], (options) => payd.webhooks.attempts(filter, options)),
    },
    notifications: {
      ...list('notifications', payd.notifications.list),
      countUnread: () => one('notifications', 'countUnread', [], (options) => payd.notifications.countUnread(options)),
    },
    preferences: { get: () => one('preferences', 'get', [], (options) => payd.preferences.get(options)) },
    contracts: { list: () => one('contracts', 'list', [], (options) => payd.contracts.list(options)) },
    operations: { doctor: () => one('operations', 'doctor', [], (options) => payd.operations.doctor(options)) },
  }
}

/** How calls of one client become options: one answer, or page by page. */
function queriesOf(payd: Payd) {
  function one<Data>(
    ...[area, name, args, read]: [Area, string, readonly unknown[], (options: CallOptions) => Promise<Data>]
  ): PaydQuery<Data> {
    return {
      queryKey: paydKey(payd, area, name, ...args) as DataTag<PaydKey, Data>,
      queryFn: ({ signal }) => read({ signal }),
    }
  }

  function pages<Item>(
    ...[area, name, args, read]: [Area, string, readonly unknown[], (options: PageOptions) => Promise<Page<Item>>]
  ): PaydPages<Item> {
    return {
      queryKey: paydKey(payd, area, name, ...args, 'pages') as PaydPages<Item>['queryKey'],
      queryFn: ({ signal, pageParam }) => read({ signal, after: pageParam }),
      initialPageParam: null,
      getNextPageParam: (last) => last.nextCursor,
    }
  }

  function list<Filter, Item>(
    area: Area,
    read: (filter?: Filter, options?: PageOptions) => Promise<Page<Item>>,
  ): PaydList<Filter, Item> {
    return {
      list: (filter, limit) =>
        one(area, 'list', [filter ?? {}, limit], (options) => read(filter, { ...options, limit })),
      pages: (filter, limit) =>
        pages(area, 'list', [filter ?? {}, limit], (options) => read(filter, { ...options, limit })),
    }
  }

  return { one, pages, list }
}
