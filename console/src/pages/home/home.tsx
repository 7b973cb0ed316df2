import { useQuery } from '@tanstack/react-query'
import { useMessages } from '../../app/context.tsx'
import { useDesk } from '../../app/desk.tsx'
import { Answer } from '../../ui/answer.tsx'
import { Page, Section } from '../../ui/page.tsx'
import { MinePage } from '../mine/mine.tsx'
import { Begin } from './begin.tsx'
import { Doctor } from './doctor.tsx'
import { NextPayday } from './next-payday.tsx'
import { PaidPerMonth } from './paid-per-month.tsx'
import { TreasuryCard } from './treasury-card.tsx'
import { useOpenRuns, useRecentRuns } from './use-runs.ts'
import { Waits } from './waits.tsx'

/** What waits for the person, what is due, whether the money is there, and what was paid. */
export function HomePage() {
  const { role } = useDesk()
  // An employee who is no member has the own pay only.
  return role === null ? <MinePage /> : <MemberHome />
}

function MemberHome() {
  const t = useMessages()
  const { queries, organization } = useDesk()
  const open = useOpenRuns()
  const recent = useRecentRuns()
  const changes = useQuery(queries.walletChanges.list({ state: 'waiting' }, 50))
  const balances = useQuery(queries.wallets.balances())
  return (
    <Page title={organization.name}>
      {open.data?.length === 0 && recent.data?.length === 0 && <Begin />}
      <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <div className="flex flex-col gap-6">
          <Section title={t.home.waitsTitle}>
            <Answer of={open}>{(runs) => <Waits changes={changes.data?.items ?? []} runs={runs} />}</Answer>
          </Section>
          <Section about={t.home.paidAbout} title={t.home.paidTitle}>
            <Answer of={recent}>{(runs) => <PaidPerMonth runs={runs} />}</Answer>
          </Section>
        </div>
        <div className="flex flex-col gap-6">
          <Section title={t.home.nextTitle}>
            <NextPayday />
          </Section>
          <Section title={t.home.treasuryTitle}>
            <Answer of={balances}>
              {(held) => <Answer of={open}>{(runs) => <TreasuryCard balances={held} runs={runs} />}</Answer>}
            </Answer>
          </Section>
          <Section title={t.home.doctorTitle}>
            <Doctor />
          </Section>
        </div>
      </div>
    </Page>
  )
}
