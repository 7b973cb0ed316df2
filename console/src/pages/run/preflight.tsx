import { useQuery } from '@tanstack/react-query'
import { isZero, type PayrollPreflightReport, type PayrollRun } from 'payd'
import { againWhenFailed } from '../../app/again.ts'
import { useMessages } from '../../app/context.tsx'
import { useDesk, useReason } from '../../app/desk.tsx'
import { useCommand } from '../../app/use-command.ts'
import { useFormat } from '../../format/use-format.ts'
import { Action } from '../../ui/action.tsx'
import { Answer } from '../../ui/answer.tsx'
import { Chip, type Tone } from '../../ui/chip.tsx'
import { ErrorBox } from '../../ui/error-box.tsx'
import { Notice } from '../../ui/notice.tsx'
import { Section } from '../../ui/page.tsx'
import { PreflightFindings } from './preflight-findings.tsx'

const READ_EVERY_MS = 1_500

/** What the ledger says about a run before money moves: who cannot be paid and why, and what the treasury lacks. */
export function Preflight({ run }: { readonly run: PayrollRun }) {
  const t = useMessages()
  const { queries } = useDesk()
  const reason = useReason('manager')
  const ask = useCommand('payrollRuns', 'requestPreflight', { says: t.preflight.asked })
  const report = useQuery({
    ...queries.payrollRuns.preflight(run.id),
    // The answer is read in the background; the event that ends it may be missed.
    refetchInterval: (query) => (query.state.data?.finished_at === null ? READ_EVERY_MS : againWhenFailed(query)),
  })
  const isReading = report.data?.finished_at === null
  return (
    <Section
      about={t.preflight.about}
      actions={
        <Action
          icon="refresh-cw"
          isBusy={ask.isBusy || isReading}
          onClick={() => ask.run(run.id)}
          reason={reason ?? (run.item_count === 0 ? t.run.submitEmpty : undefined)}
        >
          {report.data == null ? t.preflight.check : t.preflight.again}
        </Action>
      }
      title={t.preflight.title}
    >
      {ask.error !== null && <ErrorBox error={ask.error} />}
      <Answer of={report}>
        {(found) => {
          if (found === null) return <p className="card p-5 text-sm text-dim">{t.preflight.none}</p>
          if (found.finished_at === null) return <Notice role="status" title={t.preflight.reading} tone="info" />
          return <Report report={found} run={run} />
        }}
      </Answer>
    </Section>
  )
}

const TONES: Record<PayrollPreflightReport['verdict'], Tone> = {
  will_succeed: 'good',
  will_fail: 'bad',
  unknown: 'warn',
}

function Report({ report, run }: { readonly report: PayrollPreflightReport; readonly run: PayrollRun }) {
  const t = useMessages()
  const { count, distance, money } = useFormat()
  const { verdict, known_at, failing_count, unknown_count, new_account_count, short, xlm_short, fee_budget } = report
  const isShort = (amount: string | null): amount is string => amount !== null && !isZero(amount)
  return (
    <div className="flex flex-col gap-3">
      <div className="card flex flex-wrap items-center gap-x-4 gap-y-2 p-4 text-sm">
        <Chip tone={TONES[verdict]}>{t.preflight.verdict[verdict]}</Chip>
        {report.payee_count !== null && <span>{t.preflight.people(count(report.payee_count))}</span>}
        {(failing_count ?? 0) > 0 && <span className="text-bad">{t.preflight.failing(count(failing_count ?? 0))}</span>}
        {(unknown_count ?? 0) > 0 && (
          <span className="text-warn">{t.preflight.unknown(count(unknown_count ?? 0))}</span>
        )}
        {(new_account_count ?? 0) > 0 && <span>{t.preflight.newAccounts(count(new_account_count ?? 0))}</span>}
        {fee_budget !== null && <span className="text-dim">{t.preflight.fees(money(fee_budget, 'XLM'))}</span>}
        {known_at !== null && <span className="text-xs text-dim">{t.preflight.asOf(distance(known_at))}</span>}
      </div>
      {!report.is_current && <Notice title={t.preflight.outdated} tone="warn" />}
      {isShort(short) && (
        <Notice title={t.preflight.short(money(short, run.asset_code))} tone="bad">
          {t.preflight.shortCure}
        </Notice>
      )}
      {run.asset_code !== 'XLM' && isShort(xlm_short) && (
        <Notice title={t.preflight.short(money(xlm_short, 'XLM'))} tone="bad">
          {t.preflight.shortCure}
        </Notice>
      )}
      <PreflightFindings asset={run.asset_code} report={report} />
    </div>
  )
}
