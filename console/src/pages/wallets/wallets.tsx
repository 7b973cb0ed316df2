import { useQuery } from '@tanstack/react-query'
import { WALLETS_WALLET_TYPE, type Wallet, type WalletType } from 'payd'
import { useState } from 'react'
import { useMessages } from '../../app/context.tsx'
import { useDesk } from '../../app/desk.tsx'
import { usePages } from '../../app/use-ask.ts'
import { useRefreshBalances } from '../../app/use-refresh-balances.ts'
import { useFormat } from '../../format/use-format.ts'
import { Action } from '../../ui/action.tsx'
import { Answer } from '../../ui/answer.tsx'
import { Chip } from '../../ui/chip.tsx'
import { Empty } from '../../ui/empty.tsx'
import { ErrorBox } from '../../ui/error-box.tsx'
import { Money } from '../../ui/money.tsx'
import { Page, Section } from '../../ui/page.tsx'
import { type Column, VirtualTable } from '../../ui/virtual-table.tsx'
import { LowBalances } from './low-balances.tsx'
import { Sums } from './sums.tsx'

/** Every address with what it holds, and how fresh that is. */
export function WalletsPage() {
  const t = useMessages()
  const { queries } = useDesk()
  const [kind, setKind] = useState<WalletType | 'all'>('all')
  const refresh = useRefreshBalances()
  const balances = useQuery(queries.wallets.balances())
  const wallets = usePages(queries.wallets.pages(kind === 'all' ? {} : { wallet_type: kind }, 200))
  const columns = useColumns()
  return (
    <Page
      about={t.money.walletsAbout}
      actions={
        <Action icon="refresh-cw" isBusy={refresh.isBusy} onClick={refresh.run}>
          {t.run.refreshBalances}
        </Action>
      }
      title={t.money.walletsTitle}
    >
      {refresh.error !== null && <ErrorBox error={refresh.error} />}
      <Section title={t.money.sums}>
        <Answer of={balances}>{(sums) => <Sums sums={sums} />}</Answer>
      </Section>
      <Section title={t.money.lowBalances}>
        <LowBalances />
      </Section>
      <Section
        actions={
          <select
            aria-label={t.money.kind}
            className="input w-auto"
            onChange={(event) => setKind(event.target.value as WalletType | 'all')}
            value={kind}
          >
            <option value="all">{t.money.all}</option>
            {WALLETS_WALLET_TYPE.map((type) => (
              <option key={type} value={type}>
                {t.money.kinds[type]}
              </option>
            ))}
          </select>
        }
        title={t.money.list}
      >
        <Answer of={wallets.of}>
          {(items) =>
            items.length === 0 ? (
              <Empty icon="wallet" title={kind === 'all' ? t.money.none : t.money.kindNone} />
            ) : (
              <VirtualTable
                columns={columns}
                keyOf={({ id }) => id}
                label={t.money.list}
                growth={wallets}
                rows={items}
              />
            )
          }
        </Answer>
      </Section>
    </Page>
  )
}

function useColumns(): Column<Wallet>[] {
  const t = useMessages()
  const { distance } = useFormat()
  return [
    {
      key: 'address',
      name: t.money.address,
      width: 'minmax(9rem, 1.4fr)',
      isTitle: true,
      cell: ({ wallet_address }) => (
        <span className="font-mono text-xs" title={wallet_address}>
          {wallet_address.slice(0, 8)}…{wallet_address.slice(-8)}
        </span>
      ),
    },
    {
      key: 'kind',
      name: t.money.kind,
      width: 'minmax(6rem, 0.8fr)',
      cell: ({ wallet_type }) => t.money.kinds[wallet_type],
    },
    {
      key: 'state',
      name: t.money.state,
      width: 'minmax(9rem, 1.2fr)',
      cell: (wallet) => <WalletChip wallet={wallet} />,
    },
    {
      key: 'seen',
      name: t.money.seen,
      width: 'minmax(7rem, 1fr)',
      cell: ({ last_synced_at }) => (
        <span className="text-dim">{last_synced_at === null ? t.money.notSeen : distance(last_synced_at)}</span>
      ),
    },
    {
      key: 'balance',
      name: t.money.balance,
      width: 'minmax(9rem, 1.2fr)',
      isNumber: true,
      cell: ({ balance, asset_code }) => <Money amount={balance} asset={asset_code} />,
    },
  ]
}

function WalletChip({ wallet }: { readonly wallet: Wallet }) {
  const t = useMessages()
  const { is_frozen, read_problem, account_state, trustline_state, last_synced_at } = wallet
  if (is_frozen) return <Chip tone="bad">{t.money.isFrozen}</Chip>
  if (read_problem !== null) return <Chip tone="warn">{t.money.problem[read_problem]}</Chip>
  if (account_state === 'missing') return <Chip tone="bad">{t.money.noAccount}</Chip>
  if (trustline_state === 'missing') return <Chip tone="bad">{t.money.noTrust}</Chip>
  if (last_synced_at === null) return <Chip tone="plain">{t.money.notSeen}</Chip>
  return <Chip tone="good">{t.money.fine}</Chip>
}
