import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import {
  type PayrollDecision,
  type PayrollRun,
  type PayrollRunSummary,
  type PayrollTrail,
  parsePayrollRunId,
} from 'payd'
import { useEffect } from 'react'
import { againWhenFailed } from '../../app/again.ts'
import { useDesk } from '../../app/desk.tsx'
import { useAsk } from '../../app/use-ask.ts'

/** A run with everything that says who did what. */
export interface ShownRun {
  readonly run: PayrollRun
  readonly summary: PayrollRunSummary
  readonly decisions: readonly PayrollDecision[]
  readonly trail: readonly PayrollTrail[]
}

/** The run of the address. While it is being paid its progress is read every second. */
export function useRun() {
  const { payd, queries } = useDesk()
  const { run: text } = useParams({ strict: false })
  const id = parsePayrollRunId(text ?? '')
  const run = useQuery(queries.payrollRuns.get(id))
  const progress = queries.payrollRuns.progress(id)
  const summary = useQuery({
    ...progress,
    refetchInterval: (query) => progress.refetchInterval(query) || againWhenFailed(query),
  })
  const decisions = useAsk('payrollRuns', 'decisions', [id], (options) => payd.payrollRuns.decisions(id, options))
  const trail = useAsk('payrollRuns', 'trailWithNames', [id], (options) =>
    payd.payrollRuns.trailWithNames(id, { ...options, limit: 200 }),
  )
  const isBehind = run.data !== undefined && summary.data !== undefined && run.data.status !== summary.data.status
  const [readRun, readSummary] = [run.refetch, summary.refetch]
  useEffect(() => {
    // Which of the two is older cannot be told.
    if (isBehind) void Promise.all([readRun(), readSummary()])
  }, [isBehind, readRun, readSummary])
  const asked = [run, summary, decisions, trail]
  const data: ShownRun | undefined =
    run.data && summary.data && decisions.data && trail.data
      ? { run: run.data, summary: summary.data, decisions: decisions.data.items, trail: trail.data.items }
      : undefined
  const failed = asked.find(({ error }) => error !== null)
  return {
    data,
    error: failed?.error ?? null,
    fetchStatus: (failed ?? asked.find(({ fetchStatus }) => fetchStatus === 'paused') ?? run).fetchStatus,
    refetch: () => Promise.all(asked.map((query) => query.refetch())),
  }
}
