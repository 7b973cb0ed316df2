import { type Amount, addAmounts, type Payslip } from 'payd'

/** People who were not paid for the same reason. */
export interface FailureGroup {
  readonly code: string
  /** What happened, as a sentence. */
  readonly reason: string
  readonly people: readonly Payslip[]
  readonly amount: Amount
}

/** The payslips that failed, grouped by what cures them, the largest group first. */
export function groupFailures(payslips: readonly Payslip[]): FailureGroup[] {
  const groups = new Map<string, Payslip[]>()
  for (const payslip of payslips) {
    const code = payslip.failure_code ?? ''
    groups.set(code, [...(groups.get(code) ?? []), payslip])
  }
  return [...groups]
    .map(([code, people]) => ({
      code,
      reason: people[0]?.failure_reason ?? code,
      people,
      amount: addAmounts(...people.map(({ total_amount }) => total_amount)),
    }))
    .sort((a, b) => b.people.length - a.people.length)
}
