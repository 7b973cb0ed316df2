import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { EMPLOYEES_STATUS, type EmployeeStatus, parseEmployeeId } from 'payd'
import { useDeferredValue, useMemo, useState } from 'react'
import { useMessages } from '../../app/context.tsx'
import { useDesk, useReason } from '../../app/desk.tsx'
import { usePages } from '../../app/use-ask.ts'
import { useFormat } from '../../format/use-format.ts'
import { Action } from '../../ui/action.tsx'
import { Answer } from '../../ui/answer.tsx'
import { SideSheet } from '../../ui/dialog.tsx'
import { Empty } from '../../ui/empty.tsx'
import { Page } from '../../ui/page.tsx'
import { VirtualTable } from '../../ui/virtual-table.tsx'
import { ExportPeople } from './export-people.tsx'
import { usePeopleColumns } from './people-columns.tsx'
import { PersonForm } from './person-form.tsx'
import { PersonSheet } from './person-sheet.tsx'

const MOST_FOUND = 200

/** Everybody who is paid, with a sheet for each person. */
export function PeoplePage() {
  const t = useMessages()
  const { queries, organization } = useDesk()
  const format = useFormat()
  const reason = useReason('manager')
  const navigate = useNavigate()
  const { person } = useSearch({ from: '/o/$organization/people' })
  const [words, setWords] = useState('')
  const [status, setStatus] = useState<EmployeeStatus | 'all'>('all')
  const wanted = useDeferredValue(words.trim())
  const isSearching = wanted.length >= 2
  const list = usePages(
    queries.employees.pages({ order: 'name', ...(status === 'all' ? {} : { status }) }, 200),
    !isSearching,
  )
  const found = useQuery({ ...queries.employees.search(wanted, MOST_FOUND), enabled: isSearching })
  const params = { organization: String(organization.organization_id) }
  const show = (who: string | undefined) =>
    void navigate({ to: '/o/$organization/people', params, search: who === undefined ? {} : { person: who } })
  const matching = useMemo(
    () => found.data?.filter((one) => status === 'all' || one.status === status),
    [found.data, status],
  )
  const columns = usePeopleColumns()
  const add = (
    <Action icon="plus" kind="primary" onClick={() => show('new')} reason={reason}>
      {t.people.add}
    </Action>
  )
  return (
    <Page
      about={t.people.about}
      actions={
        <>
          <ExportPeople />
          {reason === undefined && (
            <Link className="button" params={params} to="/o/$organization/import">
              {t.people.import}
            </Link>
          )}
          {add}
        </>
      }
      title={t.people.title}
    >
      <div className="no-print flex flex-wrap gap-2">
        <input
          aria-label={t.people.search}
          className="input max-w-md"
          onChange={(event) => setWords(event.target.value)}
          placeholder={t.people.search}
          type="search"
          value={words}
        />
        <select
          aria-label={t.people.state}
          className="input w-auto"
          onChange={(event) => setStatus(event.target.value as EmployeeStatus | 'all')}
          value={status}
        >
          <option value="all">{t.people.allStates}</option>
          {EMPLOYEES_STATUS.map((choice) => (
            <option key={choice} value={choice}>
              {t.people.status[choice]}
            </option>
          ))}
        </select>
      </div>
      {isSearching && found.data?.length === MOST_FOUND && (
        <p className="text-sm text-dim" role="status">
          {t.people.searchCut(format.count(MOST_FOUND))}
        </p>
      )}
      <Answer of={isSearching ? { ...found, data: matching } : list.of}>
        {(items) =>
          items.length === 0 ? (
            isSearching || status !== 'all' ? (
              <Empty icon="users" title={isSearching ? t.people.notFound : t.people.emptyState} />
            ) : (
              <Empty actions={reason === undefined && add} icon="users" title={t.people.empty}>
                {t.people.emptyAbout}
              </Empty>
            )
          ) : (
            <VirtualTable
              columns={columns}
              isEven
              keyOf={({ id }) => String(id)}
              label={t.people.title}
              growth={isSearching ? undefined : list}
              rows={items}
            />
          )
        }
      </Answer>
      <SideSheet isOpen={person === 'new'} onClose={() => show(undefined)} title={t.people.add}>
        <PersonForm onDone={({ id }) => show(String(id))} />
      </SideSheet>
      {person !== undefined && person !== 'new' && (
        <PersonSheet id={parseEmployeeId(person)} key={person} onClose={() => show(undefined)} />
      )}
    </Page>
  )
}
