import { useQuery } from '@tanstack/react-query'
import { type Amount, type AssetBalance, addAmounts, compareAmounts, type PayrollRun, subtractAmounts } from 'payd'
import { useMessages } from '../../app/context.tsx'
import { useDesk } from '../../app/desk.tsx'
import { useRefreshBalances } from '../../app/use-refresh-balances.ts'
import { useFormat } from '../../format/use-format.ts'
import { Action } from '../../ui/action.tsx'
import { Money } from '../../ui/money.tsx'
import { Notice } from '../../ui/notice.tsx'

/** What the treasury holds of an asset, and when that was seen. */
export interface Holding {
  readonly amount: Amount
  readonly seenAt: string | null
}

/** What the treasury wallets hold of the asset of a run; undefined while that is not known, null where no wallet holds it. */
export function useTreasury({
  asset_code,
  asset_issuer,
}: Pick<PayrollRun, 'asset_code' | 'asset_issuer'>): Holding | null | undefined {
  const { queries } = useDesk()
  const { data } = useQuery(queries.wallets.balances())
  return data === undefined ? undefined : holdingOf(data, asset_code, asset_issuer)
}

/** The treasury's part of the balances, of one asset. */
export function holdingOf(balances: readonly AssetBalance[], code: string, issuer: string): Holding | null {
  const own = balances.filter(
    ({ wallet_type, asset_code, asset_issuer }) =>
      (wallet_type === 'treasury' || wallet_type === 'organization') && asset_code === code && asset_issuer === issuer,
  )
  if (own.length === 0) return null
  const seen = own.map(({ oldest_sync_at }) => oldest_sync_at)
  return {
    amount: addAmounts(...own.map(({ balance }) => balance)),
    seenAt: seen.includes(null) ? null : (seen.toSorted()[0] ?? null),
  }
}

/** What the treasury lacks for an amount, or nothing. */
export function shortage(holding: Holding | null, amount: Amount): Amount | undefined {
  const held = holding?.amount ?? '0'
  return compareAmounts(held, amount) < 0 ? subtractAmounts(amount, held) : undefined
}

/** The treasury before and after paying an amount, with how fresh that is, and what to send where it is short. */
export function Treasury({ run, toPay }: { readonly run: PayrollRun; readonly toPay: Amount }) {
  const t = useMessages()
  const { distance, money } = useFormat()
  const holding = useTreasury(run)
  const refresh = useRefreshBalances()
  if (holding === undefined) return null
  const short = shortage(holding, toPay)
  const seen = holding?.seenAt == null ? t.run.neverSeen : t.run.seen(distance(holding.seenAt))
  const again = (
    <Action icon="refresh-cw" isBusy={refresh.isBusy} onClick={refresh.run}>
      {t.run.refreshBalances}
    </Action>
  )
  return (
    <div className="flex flex-col gap-3">
      <dl className="grid max-w-md grid-cols-[1fr_max-content] gap-y-1 text-sm">
        <dt className="text-dim">
          {t.run.treasuryHolds} <span className="text-xs">({seen})</span>
        </dt>
        <dd className="text-right">
          <Money amount={holding?.amount ?? '0'} asset={run.asset_code} />
        </dd>
        <dt className="text-dim">{t.run.stillToPay}</dt>
        <dd className="text-right">
          <Money amount={toPay} asset={run.asset_code} />
        </dd>
        {short === undefined && holding !== null && (
          <>
            <dt className="border-t border-rule pt-1 font-medium">{t.run.treasuryAfter}</dt>
            <dd className="border-t border-rule pt-1 text-right font-medium">
              <Money amount={subtractAmounts(holding.amount, toPay)} asset={run.asset_code} />
            </dd>
          </>
        )}
      </dl>
      {short === undefined ? (
        <div className="no-print">{again}</div>
      ) : (
        <Notice actions={again} title={t.run.treasuryShort(money(short, run.asset_code))} tone="bad">
          {holding === null ? t.run.treasuryUnknown : t.run.treasuryShortCure}
        </Notice>
      )}
    </div>
  )
}
