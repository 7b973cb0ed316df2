import { useQuery } from '@tanstack/react-query'
import { type SubmitEvent, useState } from 'react'
import { useMessages } from '../../app/context.tsx'
import { useDesk, useReason } from '../../app/desk.tsx'
import { latestError, useCommand } from '../../app/use-command.ts'
import { useFormat } from '../../format/use-format.ts'
import { Action } from '../../ui/action.tsx'
import { Answer } from '../../ui/answer.tsx'
import { type Asset, AssetField } from '../../ui/asset-field.tsx'
import { ErrorBox, problemAt } from '../../ui/error-box.tsx'
import { TextField } from '../../ui/field.tsx'
import { Money } from '../../ui/money.tsx'

/** From which total on a run needs more approvals. */
export function Thresholds() {
  const t = useMessages()
  const { count } = useFormat()
  const { queries } = useDesk()
  const reason = useReason('admin')
  const [asset, setAsset] = useState<Asset>({ asset_code: 'XLM', asset_issuer: '' })
  const [amount, setAmount] = useState('')
  const [needed, setNeeded] = useState('2')
  const thresholds = useQuery(queries.approvalThresholds.list())
  const set = useCommand('approvalThresholds', 'set', { says: t.settings.thresholdSet, onDone: () => setAmount('') })
  const remove = useCommand('approvalThresholds', 'remove', { says: t.settings.thresholdRemoved })
  const error = latestError(set, remove)
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    set.run({
      asset_code: asset.asset_code,
      asset_issuer: asset.asset_issuer,
      from_amount: amount.trim(),
      required_approvals: Number(needed),
    })
  }
  return (
    <>
      {error !== null && <ErrorBox error={error} />}
      <Answer of={thresholds}>
        {(items) =>
          items.length === 0 ? (
            <p className="card p-5 text-sm text-dim">{t.settings.thresholdsNone}</p>
          ) : (
            <ul className="card">
              {items.map((threshold) => (
                <li
                  className="ledger-line flex flex-wrap items-center justify-between gap-3 px-4 py-3 text-sm"
                  key={threshold.id}
                >
                  <span>
                    {t.settings.fromAmount}{' '}
                    <strong>
                      <Money amount={threshold.from_amount} asset={threshold.asset_code} />
                    </strong>
                  </span>
                  <span>
                    {count(threshold.required_approvals)} {t.settings.needs}
                  </span>
                  {reason === undefined && (
                    <Action isBusy={remove.isBusy} kind="quiet" onClick={() => remove.run(threshold)}>
                      {t.settings.remove}
                    </Action>
                  )}
                </li>
              ))}
            </ul>
          )
        }
      </Answer>
      {reason === undefined && (
        <form className="card grid items-end gap-3 p-5 sm:grid-cols-[1fr_1fr_7rem_max-content]" onSubmit={submit}>
          <AssetField onChange={setAsset} value={asset} />
          <TextField
            inputMode="decimal"
            isRequired
            label={t.settings.fromAmount}
            onChange={setAmount}
            problem={problemAt(error, 'from_amount')}
            value={amount}
          />
          <TextField isRequired label={t.settings.needs} onChange={setNeeded} type="number" value={needed} />
          <Action isBusy={set.isBusy} type="submit">
            {t.settings.addThreshold}
          </Action>
        </form>
      )}
    </>
  )
}
