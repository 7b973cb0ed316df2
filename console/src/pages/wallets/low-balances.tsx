import { useQuery } from '@tanstack/react-query'
import type { Amount, WalletId } from 'payd'
import { type SubmitEvent, useState } from 'react'
import { useMessages } from '../../app/context.tsx'
import { useDesk, useReason } from '../../app/desk.tsx'
import { usePages } from '../../app/use-ask.ts'
import { latestError, useCommand } from '../../app/use-command.ts'
import { Action } from '../../ui/action.tsx'
import { Answer } from '../../ui/answer.tsx'
import { Chip } from '../../ui/chip.tsx'
import { ErrorBox, problemAt } from '../../ui/error-box.tsx'
import { SelectField, TextField } from '../../ui/field.tsx'
import { Money } from '../../ui/money.tsx'

/** Below which balance the organization wants to hear of a wallet. */
export function LowBalances() {
  const t = useMessages()
  const { queries } = useDesk()
  const reason = useReason('manager')
  const [chosen, setChosen] = useState<WalletId | undefined>()
  const [minimum, setMinimum] = useState('')
  const thresholds = useQuery(queries.balanceThresholds.list())
  const own = usePages(queries.wallets.pages({ wallet_type: ['treasury', 'organization', 'escrow'] }, 200))
  const set = useCommand('balanceThresholds', 'set', { says: t.money.minimumSet, onDone: () => setMinimum('') })
  const remove = useCommand('balanceThresholds', 'remove', { says: t.money.minimumRemoved })
  const error = latestError(set, remove)
  const wallets = own.of.data ?? []
  const wallet = wallets.find(({ id }) => id === chosen) ?? wallets[0]
  const ofWallet = (key: { wallet_address: string; asset_code: string; asset_issuer: string }) =>
    `${key.wallet_address} ${key.asset_code} ${key.asset_issuer}`
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (wallet === undefined) return
    const known = thresholds.data?.find((threshold) => ofWallet(threshold) === ofWallet(wallet))
    set.run(wallet.id, minimum.trim() as Amount, known === undefined ? {} : { version: known.version })
  }
  return (
    <>
      {error !== null && <ErrorBox error={error} />}
      <Answer of={thresholds}>
        {(items) =>
          items.length === 0 ? (
            <p className="card p-5 text-sm text-dim">{t.money.minimumNone}</p>
          ) : (
            <ul className="card">
              {items.map((threshold) => {
                const watched = wallets.find((one) => ofWallet(one) === ofWallet(threshold))
                return (
                  <li
                    className="ledger-line flex flex-wrap items-center justify-between gap-3 px-4 py-3 text-sm"
                    key={threshold.id}
                  >
                    <span className="font-mono text-xs" title={threshold.wallet_address}>
                      {short(threshold.wallet_address)}
                    </span>
                    <span>
                      {t.money.below}{' '}
                      <strong>
                        <Money amount={threshold.minimum} asset={threshold.asset_code} />
                      </strong>
                    </span>
                    <Chip tone={threshold.is_low ? 'bad' : 'good'}>
                      {threshold.is_low ? t.money.isLow : t.money.fine}
                    </Chip>
                    {reason === undefined && watched !== undefined && (
                      <Action
                        isBusy={remove.isBusy}
                        kind="quiet"
                        onClick={() => remove.run(watched.id, threshold.version)}
                      >
                        {t.settings.remove}
                      </Action>
                    )}
                  </li>
                )
              })}
            </ul>
          )
        }
      </Answer>
      {reason === undefined && wallet !== undefined && (
        <form className="card grid items-end gap-3 p-5 sm:grid-cols-[2fr_1fr_max-content]" onSubmit={submit}>
          <SelectField
            choices={wallets.map((one) => [one.id, `${short(one.wallet_address)} · ${one.asset_code}`] as const)}
            label={t.money.address}
            onChange={(id) => setChosen(id as WalletId)}
            value={wallet.id}
          />
          <TextField
            inputMode="decimal"
            isRequired
            label={t.money.minimum}
            onChange={setMinimum}
            problem={problemAt(error, 'minimum')}
            value={minimum}
          />
          <Action isBusy={set.isBusy} type="submit">
            {t.money.watch}
          </Action>
        </form>
      )}
    </>
  )
}

function short(address: string): string {
  return `${address.slice(0, 8)}…${address.slice(-8)}`
}
