import type { CallOptions, Payd, PayrollRunStatus, PayrollRunSummary } from 'payd'
import { useDesk } from '../../app/desk.tsx'
import { useAsk } from '../../app/use-ask.ts'
import { today } from '../../format/days.ts'
import { MONTHS_SHOWN, monthsBefore } from './months.ts'

/** What is not paid to its end yet. */
const OPEN: readonly PayrollRunStatus[] = ['draft', 'pending', 'processing', 'failed']

/** Every run that still needs somebody or something. */
export function useOpenRuns() {
  const { payd } = useDesk()
  return useAsk('payrollRuns', 'open', [], (options) => all(payd, { status: OPEN }, options))
}

/** Every run whose period ends in one of the months that the first page shows. */
export function useRecentRuns() {
  const { payd } = useDesk()
  const [from = ''] = monthsBefore(today('UTC').slice(0, 7), MONTHS_SHOWN)
  return useAsk('payrollRuns', 'recent', [from], (options) => all(payd, { from: `${from}-01` }, options))
}

/** All of them: a sum over the first page would be wrong and look right. */
async function all(
  payd: Payd,
  filter: Parameters<Payd['payrollRuns']['summaries']>[0],
  options: CallOptions,
): Promise<PayrollRunSummary[]> {
  const runs: PayrollRunSummary[] = []
  let after: string | null = null
  do {
    const page: Awaited<ReturnType<Payd['payrollRuns']['summaries']>> = await payd.payrollRuns.summaries(filter, {
      ...options,
      after,
      limit: 200,
    })
    runs.push(...page.items)
    after = page.nextCursor
  } while (after !== null)
  return runs
}
