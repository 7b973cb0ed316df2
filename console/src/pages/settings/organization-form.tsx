import {
  isPaydError,
  ORGANIZATIONS_SALARY_PERIOD,
  type Organization,
  type OrganizationSalaryPeriod,
  type OrganizationWalletChangePolicy,
  WALLET_CHANGE_POLICIES,
} from 'payd'
import { type SubmitEvent, useState } from 'react'
import { useMessages } from '../../app/context.tsx'
import { useReason } from '../../app/desk.tsx'
import { useCommand } from '../../app/use-command.ts'
import { Action } from '../../ui/action.tsx'
import { ErrorBox } from '../../ui/error-box.tsx'
import { CheckField, SelectField, TextField } from '../../ui/field.tsx'
import { Notice } from '../../ui/notice.tsx'

/** The rules of the organization. Another admin's change meanwhile is shown and not overwritten. */
export function OrganizationForm({ organization }: { readonly organization: Organization }) {
  const t = useMessages()
  const reason = useReason('admin')
  const [name, setName] = useState(organization.name)
  const [approvals, setApprovals] = useState(String(organization.required_approvals))
  const [policy, setPolicy] = useState<OrganizationWalletChangePolicy>(organization.wallet_change_policy)
  const [hours, setHours] = useState(String(organization.wallet_change_hours))
  const [zone, setZone] = useState(organization.time_zone)
  const [period, setPeriod] = useState<OrganizationSalaryPeriod>(organization.salary_period)
  const [isWaiting, setIsWaiting] = useState(organization.allows_claimable_balances)
  const [days, setDays] = useState(String(organization.reclaim_after_days))
  const update = useCommand('organizations', 'update', { says: t.settings.saved })
  const isOutdated = isPaydError(update.error) && update.error.code === 'version_outdated'
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (reason !== undefined) return
    update.run({
      expected_version: organization.version,
      name: name.trim(),
      required_approvals: Number(approvals),
      wallet_change_policy: policy,
      wallet_change_hours: Number(hours),
      salary_period: period,
      time_zone: zone,
      allows_claimable_balances: isWaiting,
      reclaim_after_days: Number(days),
    })
  }
  return (
    <form className="card flex flex-col gap-4 p-5" onSubmit={submit}>
      {isOutdated ? (
        <Notice role="alert" title={t.common.changedMeanwhile} tone="warn" />
      ) : (
        update.error !== null && <ErrorBox error={update.error} />
      )}
      <div className="grid gap-4 sm:grid-cols-2">
        <TextField isRequired label={t.settings.name} onChange={setName} value={name} />
        <TextField
          hint={t.settings.approvalsHint}
          isRequired
          label={t.settings.approvals}
          onChange={setApprovals}
          type="number"
          value={approvals}
        />
        <SelectField
          choices={WALLET_CHANGE_POLICIES.map((choice) => [choice, t.settings.policies[choice]])}
          label={t.settings.policy}
          onChange={setPolicy}
          value={policy}
        />
        {policy === 'cooling_off' && (
          <TextField
            hint={t.settings.hoursHint}
            isRequired
            label={t.settings.hours}
            onChange={setHours}
            type="number"
            value={hours}
          />
        )}
        <SelectField
          choices={ORGANIZATIONS_SALARY_PERIOD.map((choice) => [choice, t.settings.salaryPeriods[choice]])}
          hint={t.settings.salaryHint}
          label={t.settings.salaryPeriod}
          onChange={setPeriod}
          value={period}
        />
        <SelectField
          choices={[...new Set([zone, 'UTC', ...Intl.supportedValuesOf('timeZone')])].map((name) => [name, name])}
          hint={t.settings.organizationZoneHint}
          label={t.settings.organizationZone}
          onChange={setZone}
          value={zone}
        />
      </div>
      <CheckField isChecked={isWaiting} label={t.settings.claimable} onChange={setIsWaiting} />
      {isWaiting && (
        <div className="grid gap-4 sm:grid-cols-2">
          <TextField
            hint={t.settings.reclaimHint}
            isRequired
            label={t.settings.reclaimAfter}
            onChange={setDays}
            type="number"
            value={days}
          />
        </div>
      )}
      <div>
        <Action isBusy={update.isBusy} kind="primary" reason={reason} type="submit">
          {t.common.save}
        </Action>
      </div>
    </form>
  )
}
