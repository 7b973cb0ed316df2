import type { AssetBalance } from 'payd'
import { useMessages } from '../../app/context.tsx'
import { useFormat } from '../../format/use-format.ts'
import { Chip } from '../../ui/chip.tsx'
import { Money } from '../../ui/money.tsx'

const ORDER = ['treasury', 'organization', 'escrow', 'employee']

/** What all addresses of a kind held of an asset, and the oldest look at any of them. */
export function Sums({ sums }: { readonly sums: readonly AssetBalance[] }) {
  const t = useMessages()
  const { count, distance } = useFormat()
  if (sums.length === 0) return <p className="card p-5 text-sm text-dim">{t.money.none}</p>
  const sorted = sums.toSorted((a, b) => ORDER.indexOf(a.wallet_type) - ORDER.indexOf(b.wallet_type))
  return (
    <ul className="grid gap-4 sm:grid-cols-2 lg:grid-cols-4">
      {sorted.map((sum) => (
        <li
          className="card flex flex-col gap-1 p-4 text-sm"
          key={`${sum.wallet_type} ${sum.asset_code} ${sum.asset_issuer}`}
        >
          <span className="text-dim">{t.money.kinds[sum.wallet_type]}</span>
          <span className="text-base font-semibold">
            <Money amount={sum.balance} asset={sum.asset_code} />
          </span>
          <span className="flex flex-wrap items-center gap-2 text-xs text-dim">
            {t.money.wallets(count(sum.wallets))}
            {' · '}
            {sum.oldest_sync_at === null ? t.money.notSeen : t.run.seen(distance(sum.oldest_sync_at))}
            {sum.frozen_wallets > 0 && <Chip tone="bad">{t.money.frozen(count(sum.frozen_wallets))}</Chip>}
          </span>
        </li>
      ))}
    </ul>
  )
}
