import { isPaydError, ORGANIZATIONS_SALARY_PERIOD, type Organization, WALLET_CHANGE_POLICIES } from 'payd'
import { type SubmitEvent, useState } from 'react'
import { useMessages } from '../../app/context.tsx'
import { useReason } from '../../app/desk.tsx'
import { useCommand } from '../../app/use-command.ts'
import { Action } from '../../ui/action.tsx'
import { ErrorBox } from '../../ui/error-box.tsx'
import { CheckField, SelectField, TextField } from '../../ui/field.tsx'
import { Notice } from '../../ui/notice.tsx'
import {
  changesOfOrganization,
  draftOfOrganization,
  isSameDraft,
  type OrganizationDraft,
} from './organization-draft.ts'

/** The rules of the organization. Another admin's change meanwhile is shown, and the person decides whose stands. */
export function OrganizationForm({ organization }: { readonly organization: Organization }) {
  const t = useMessages()
  const reason = useReason('admin')
  const [seen, setSeen] = useState(organization)
  const [draft, setDraft] = useState(() => draftOfOrganization(organization))
  const update = useCommand('organizations', 'update', { says: t.settings.saved })
  const take = () => {
    setSeen(organization)
    setDraft(draftOfOrganization(organization))
    update.reset()
  }
  const save = (version: number) => update.run({ expected_version: version, ...changesOfOrganization(draft) })
  const current = draftOfOrganization(organization)
  const isNewer = organization.version !== seen.version
  const isUntouched = isSameDraft(draft, draftOfOrganization(seen)) || isSameDraft(draft, current)
  // A form without typing shows the newest version; the typing of a person stays until that person decides.
  if (isNewer && isUntouched) {
    setSeen(organization)
    setDraft(current)
  }
  const isOutdated = isPaydError(update.error) && update.error.code === 'version_outdated'
  const change = (changes: Partial<OrganizationDraft>) => setDraft({ ...draft, ...changes })
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (reason === undefined) save(seen.version)
  }
  return (
    <form className="card flex flex-col gap-4 p-5" onSubmit={submit}>
      {isNewer || isOutdated ? (
        <Notice
          actions={
            <>
              <Action onClick={take}>{t.common.takeTheirs}</Action>
              <Action
                isBusy={update.isBusy}
                onClick={() => {
                  setSeen(organization)
                  save(organization.version)
                }}
              >
                {t.common.keepMine}
              </Action>
            </>
          }
          role="alert"
          title={t.common.changedMeanwhile}
          tone="warn"
        />
      ) : (
        update.error !== null && <ErrorBox error={update.error} />
      )}
      <div className="grid gap-4 sm:grid-cols-2">
        <TextField isRequired label={t.settings.name} onChange={(name) => change({ name })} value={draft.name} />
        <TextField
          hint={t.settings.approvalsHint}
          isRequired
          label={t.settings.approvals}
          onChange={(approvals) => change({ approvals })}
          type="number"
          value={draft.approvals}
        />
        <SelectField
          choices={WALLET_CHANGE_POLICIES.map((choice) => [choice, t.settings.policies[choice]])}
          label={t.settings.policy}
          onChange={(policy) => change({ policy })}
          value={draft.policy}
        />
        {draft.policy === 'cooling_off' && (
          <TextField
            hint={t.settings.hoursHint}
            isRequired
            label={t.settings.hours}
            onChange={(hours) => change({ hours })}
            type="number"
            value={draft.hours}
          />
        )}
        <SelectField
          choices={ORGANIZATIONS_SALARY_PERIOD.map((choice) => [choice, t.settings.salaryPeriods[choice]])}
          hint={t.settings.salaryHint}
          label={t.settings.salaryPeriod}
          onChange={(period) => change({ period })}
          value={draft.period}
        />
        <SelectField
          choices={[...new Set([draft.zone, 'UTC', ...Intl.supportedValuesOf('timeZone')])].map((name) => [name, name])}
          hint={t.settings.organizationZoneHint}
          label={t.settings.organizationZone}
          onChange={(zone) => change({ zone })}
          value={draft.zone}
        />
      </div>
      <CheckField
        isChecked={draft.isWaiting}
        label={t.settings.claimable}
        onChange={(isWaiting) => change({ isWaiting })}
      />
      {draft.isWaiting && (
        <div className="grid gap-4 sm:grid-cols-2">
          <TextField
            hint={t.settings.reclaimHint}
            isRequired
            label={t.settings.reclaimAfter}
            onChange={(days) => change({ days })}
            type="number"
            value={draft.days}
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
