import type { PayrollRun, PayrollRunSummary } from 'payd'
import type { Format } from '../../format/use-format.ts'

type Named = Pick<PayrollRun | PayrollRunSummary, 'period_start' | 'period_end' | 'asset_code'>

/** A run as people call it: "December 2026 · XLM". Its technical name says nothing to a person. */
export function nameOfRun(run: Named, format: Pick<Format, 'period'>): string {
  return `${format.period(run.period_start, run.period_end)} · ${run.asset_code}`
}
