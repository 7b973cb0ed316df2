import { type Amount, type AssetBalance, addAmounts, type PayrollRunSummary, subtractAmounts } from 'payd'
import { useMessages } from '../../app/context.tsx'
import { useFormat } from '../../format/use-format.ts'
import { Chip } from '../../ui/chip.tsx'
import { Money } from '../../ui/money.tsx'
import { holdingOf, shortage } from '../run/treasury.tsx'

/** What the treasury holds of each asset, against what the given runs, none of them paid to its end, need. */
export function TreasuryCard(props: {
  readonly balances: readonly AssetBalance[]
  readonly runs: readonly PayrollRunSummary[]
}) {
  const t = useMessages()
  const { distance, money } = useFormat()
  const assets = assetsOf(props.balances, props.runs)
  if (assets.length === 0) return <p className="card p-5 text-sm text-dim">{t.home.treasuryNone}</p>
  return (
    <ul className="card">
      {assets.map(({ code, issuer, needed }) => {
        const holding = holdingOf(props.balances, code, issuer)
        const short = shortage(holding, needed)
        return (
          <li className="ledger-line flex flex-col gap-1 px-4 py-3 text-sm" key={`${code} ${issuer}`}>
            <span className="flex items-baseline justify-between gap-3">
              <span className="text-base font-semibold">
                {holding === null ? code : <Money amount={holding.amount} asset={code} />}
              </span>
              {needed !== '0' && (
                <Chip tone={short === undefined ? 'good' : 'bad'}>
                  {short === undefined ? t.home.enough : t.home.shortBy(money(short, code))}
                </Chip>
              )}
            </span>
            {needed !== '0' && (
              <span className="text-dim">
                <Money amount={needed} asset={code} /> {t.home.forRuns}
              </span>
            )}
            <span className="text-xs text-dim">
              {holding === null
                ? t.run.treasuryUnknown
                : holding.seenAt === null
                  ? t.run.neverSeen
                  : t.run.seen(distance(holding.seenAt))}
            </span>
          </li>
        )
      })}
    </ul>
  )
}

interface Needed {
  readonly code: string
  readonly issuer: string
  readonly needed: Amount
}

/** Every asset that the treasury holds or that a run needs, with what is still to be paid in it. */
function assetsOf(balances: readonly AssetBalance[], runs: readonly PayrollRunSummary[]): Needed[] {
  const needed = new Map<string, Needed>()
  for (const { wallet_type, asset_code, asset_issuer } of balances) {
    if (wallet_type !== 'treasury' && wallet_type !== 'organization') continue
    needed.set(`${asset_code} ${asset_issuer}`, { code: asset_code, issuer: asset_issuer, needed: '0' })
  }
  for (const run of runs) {
    const key = `${run.asset_code} ${run.asset_issuer}`
    const before = needed.get(key)?.needed ?? '0'
    const open = subtractAmounts(run.total_amount, run.paid_amount)
    needed.set(key, { code: run.asset_code, issuer: run.asset_issuer, needed: addAmounts(before, open) })
  }
  return [...needed.values()]
}
