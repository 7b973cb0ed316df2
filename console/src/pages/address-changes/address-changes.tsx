import { useMessages } from '../../app/context.tsx'
import { useDesk } from '../../app/desk.tsx'
import { usePages } from '../../app/use-ask.ts'
import { Action } from '../../ui/action.tsx'
import { Answer } from '../../ui/answer.tsx'
import { Empty } from '../../ui/empty.tsx'
import { Page, Section } from '../../ui/page.tsx'
import { Change } from './change.tsx'

/** Payout addresses that are to change: the old and the new one side by side, and who may confirm. */
export function AddressChangesPage() {
  const t = useMessages()
  const { queries } = useDesk()
  const waiting = usePages(queries.walletChanges.pages({ state: 'waiting' }, 50))
  const past = usePages(queries.walletChanges.pages({ state: ['applied', 'cancelled'] }, 20))
  return (
    <Page about={t.money.changesAbout} title={t.money.changesTitle}>
      <Section title={t.money.waiting}>
        <Answer of={waiting.of}>
          {(items) =>
            items.length === 0 ? (
              <Empty icon="map-pin" title={t.money.waitingNone} />
            ) : (
              <ul className="flex flex-col gap-4">
                {items.map((change) => (
                  <Change change={change} key={change.id} />
                ))}
              </ul>
            )
          }
        </Answer>
        {waiting.hasMore && <Action onClick={waiting.more}>{t.common.more}</Action>}
      </Section>
      <Section title={t.money.past}>
        <Answer of={past.of}>
          {(items) =>
            items.length === 0 ? (
              <p className="card p-5 text-sm text-dim">{t.money.pastNone}</p>
            ) : (
              <ul className="flex flex-col gap-4">
                {items.map((change) => (
                  <Change change={change} key={change.id} />
                ))}
              </ul>
            )
          }
        </Answer>
        {past.hasMore && (
          <div>
            <Action isBusy={past.isGrowing} onClick={past.more}>
              {t.common.more}
            </Action>
          </div>
        )}
      </Section>
    </Page>
  )
}
