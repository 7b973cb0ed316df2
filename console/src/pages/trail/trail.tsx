import { useInfiniteQuery } from '@tanstack/react-query'
import type { AuditLogFilter, AuditTrail, Json, Page as PageOf } from 'payd'
import { paydKey } from 'payd/query'
import { useCallback, useState } from 'react'
import { useMessages } from '../../app/context.tsx'
import { useDesk } from '../../app/desk.tsx'
import { useNamesOfPeople } from '../../app/names.ts'
import { useTellError } from '../../app/use-tell-error.ts'
import { csvOf } from '../../files/csv.ts'
import { download } from '../../files/download.ts'
import { beginningOf } from '../../format/days.ts'
import { useFormat } from '../../format/use-format.ts'
import { Action } from '../../ui/action.tsx'
import { Answer } from '../../ui/answer.tsx'
import { Empty } from '../../ui/empty.tsx'
import { SelectField, TextField } from '../../ui/field.tsx'
import { Page } from '../../ui/page.tsx'
import { type Column, VirtualTable } from '../../ui/virtual-table.tsx'
import { describeChanges } from './describe-changes.ts'

/** Every change that people and services made, in sentences, to filter and to export. */
export function TrailPage() {
  const t = useMessages()
  const { payd } = useDesk()
  const { timeZone } = useFormat()
  const [resource, setResource] = useState('')
  const [from, setFrom] = useState('')
  const [to, setTo] = useState('')
  const tell = useTellError()
  const [isWriting, setIsWriting] = useState(false)
  const filter: AuditLogFilter = {
    ...(resource === '' ? {} : { resource_type: resource }),
    ...(from === '' ? {} : { from: beginningOf(from, timeZone) }),
    ...(to === '' ? {} : { before: beginningOf(dayAfter(to), timeZone) }),
  }
  const { data, error, fetchStatus, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery({
    queryKey: paydKey(payd, 'auditLogs', 'trail', filter),
    queryFn: ({ signal, pageParam }) => payd.auditLogs.trail(filter, { signal, after: pageParam, limit: 100 }),
    initialPageParam: null as string | null,
    getNextPageParam: (last: PageOf<AuditTrail>) => last.nextCursor,
  })
  const more = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage()
  }, [hasNextPage, isFetchingNextPage, fetchNextPage])
  const entries = data?.pages.flatMap(({ items }) => items)
  const people = useNamesOfPeople(
    (entries ?? [])
      .filter(({ resource_type }) => resource_type === 'employee')
      .map(({ resource_id }) => Number(resource_id)),
  )
  const columns = useColumns(people)
  const write = async () => {
    setIsWriting(true)
    try {
      download('trail.csv', 'text/csv', await trailCsv((after) => payd.auditLogs.trail(filter, { after, limit: 200 })))
    } catch (problem) {
      await tell(problem)
    } finally {
      setIsWriting(false)
    }
  }
  return (
    <Page
      about={t.trail.about}
      actions={
        <Action icon="download" isBusy={isWriting} onClick={() => void write()}>
          {isWriting ? t.trail.writing : t.common.downloadCsv}
        </Action>
      }
      title={t.trail.title}
    >
      <div className="no-print grid max-w-2xl grid-cols-3 gap-3 max-sm:grid-cols-1">
        <SelectField
          choices={[['', t.trail.everything], ...Object.entries(t.trail.resources)]}
          label={t.trail.resource}
          onChange={setResource}
          value={resource}
        />
        <TextField label={t.trail.from} onChange={setFrom} type="date" value={from} />
        <TextField label={t.trail.to} onChange={setTo} type="date" value={to} />
      </div>
      <Answer of={{ data: entries, error, fetchStatus, refetch }}>
        {(items) =>
          items.length === 0 ? (
            <Empty icon="scroll-text" title={t.trail.empty} />
          ) : (
            <VirtualTable
              columns={columns}
              keyOf={({ id }) => String(id)}
              label={t.trail.title}
              growth={{ hasMore: hasNextPage, more }}
              rows={items}
            />
          )
        }
      </Answer>
    </Page>
  )
}

function useColumns(people: ReadonlyMap<number, string>): Column<AuditTrail>[] {
  const t = useMessages()
  const { instant, day } = useFormat()
  const { nameOf } = useDesk()
  const describe = (changes: Json) => describeChanges(changes, t, day)
  // What has a name is called by it; a number says something only to a program.
  const called = (type: string, id: string): string => {
    if (type === 'employee') return people.get(Number(id)) ?? id
    if (type === 'user') return nameOf(Number(id))
    return type === 'organization' || type === 'wallet' ? '' : id
  }
  return [
    {
      key: 'what',
      name: t.trail.what,
      width: 'minmax(14rem, 2fr)',
      isTitle: true,
      cell: ({ action, actor, email }) => (
        <span className="block">
          <span className="font-medium break-words">{email ?? t.trail.actors[actor] ?? actor}</span>{' '}
          {t.trail.actions[action] ?? action.replaceAll(/[._]/g, ' ')}
        </span>
      ),
    },
    {
      key: 'details',
      name: t.trail.details,
      width: 'minmax(10rem, 1.6fr)',
      cell: ({ resource_type, resource_id, changes }) => (
        <span className="block text-xs break-words text-dim">
          {t.trail.kinds[resource_type] ?? resource_type.replaceAll('_', ' ')} {called(resource_type, resource_id)}
          {describe(changes).map((change) => (
            <span className="block" key={change}>
              {change}
            </span>
          ))}
        </span>
      ),
    },
    {
      key: 'when',
      name: t.trail.when,
      width: 'minmax(10rem, 1fr)',
      isNumber: true,
      cell: ({ created_at }) => <span className="text-dim tabular-nums">{instant(created_at)}</span>,
    },
  ]
}

const COLUMNS = ['id', 'created_at', 'email', 'actor', 'action', 'resource_type', 'resource_id', 'changes'] as const

async function trailCsv(read: (after: string | null) => Promise<PageOf<AuditTrail>>): Promise<string> {
  const rows: unknown[][] = []
  let after: string | null = null
  do {
    const { items, nextCursor }: PageOf<AuditTrail> = await read(after)
    rows.push(
      ...items.map((entry) => COLUMNS.map((column) => (column === 'changes' ? textOf(entry.changes) : entry[column]))),
    )
    after = nextCursor
  } while (after !== null)
  return csvOf(COLUMNS, rows)
}

const textOf = (changes: Json): string => (changes === null ? '' : JSON.stringify(changes))

function dayAfter(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10)
}
