import { useState } from 'react'
import { useMessages } from '../../app/context.tsx'
import { useDesk, useReason } from '../../app/desk.tsx'
import { usePages } from '../../app/use-ask.ts'
import { useCommand } from '../../app/use-command.ts'
import { useFormat } from '../../format/use-format.ts'
import { Action } from '../../ui/action.tsx'
import { Modal } from '../../ui/dialog.tsx'
import { ErrorBox } from '../../ui/error-box.tsx'
import { SelectField } from '../../ui/field.tsx'
import { Panel } from './panel.tsx'
import { Treasury } from './treasury.tsx'
import type { ShownRun } from './use-run.ts'

/** An approved run: what the treasury holds before and after, and the button that moves the money. */
export function PayPanel({ shown: { run } }: { readonly shown: ShownRun }) {
  const t = useMessages()
  const { money } = useFormat()
  const reason = useReason('manager')
  const [isAsking, setIsAsking] = useState(false)
  const [source, setSource] = useSourceAccount(run.asset_code)
  const pay = useCommand('payrollRuns', 'disburse', { says: t.run.paying, onDone: () => setIsAsking(false) })
  const ask = () => {
    pay.reset()
    setIsAsking(true)
  }
  const amount = money(run.total_amount, run.asset_code)
  return (
    <Panel
      actions={
        <Action icon="banknote" kind="primary" onClick={ask} reason={reason}>
          {t.run.pay}
        </Action>
      }
      title={t.run.approvedTitle}
    >
      <Treasury run={run} toPay={run.total_amount} />
      <Modal about={t.run.payAbout} isOpen={isAsking} onClose={() => setIsAsking(false)} title={t.run.payAsk}>
        {pay.error !== null && <ErrorBox error={pay.error} />}
        <Treasury run={run} toPay={run.total_amount} />
        {source.choices.length > 1 && (
          <SelectField
            choices={source.choices.map((address) => [address, `${address.slice(0, 6)}…${address.slice(-6)}`])}
            label={t.run.source}
            onChange={setSource}
            value={source.chosen}
          />
        )}
        <div className="flex flex-wrap justify-end gap-2">
          <Action kind="quiet" onClick={() => setIsAsking(false)}>
            {t.common.cancel}
          </Action>
          <Action
            icon="banknote"
            isBusy={pay.isBusy}
            kind="primary"
            onClick={() => pay.run(run.id, source.choices.length > 1 ? { sourceAccount: source.chosen } : {})}
          >
            {t.run.payConfirm(amount)}
          </Action>
        </div>
      </Modal>
    </Panel>
  )
}

/** The treasury accounts that can pay, and the one that was chosen. */
function useSourceAccount(assetCode: string) {
  const { queries } = useDesk()
  const { items } = usePages(
    queries.wallets.pages({ wallet_type: ['treasury', 'organization'], asset_code: assetCode }, 200),
  )
  const choices = [...new Set(items.filter(({ is_active }) => is_active).map(({ wallet_address }) => wallet_address))]
  const [chosen, setChosen] = useState('')
  return [{ choices, chosen: choices.includes(chosen) ? chosen : (choices[0] ?? '') }, setChosen] as const
}
