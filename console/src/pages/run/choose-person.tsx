import { useQuery } from '@tanstack/react-query'
import type { Employee } from 'payd'
import { useDeferredValue, useState } from 'react'
import { useMessages } from '../../app/context.tsx'
import { useDesk } from '../../app/desk.tsx'
import { TextField } from '../../ui/field.tsx'

/** Asks for a person by the beginning of a name or address. */
export function ChoosePerson(props: {
  readonly person: Employee | undefined
  readonly onChoose: (person: Employee | undefined) => void
}) {
  const t = useMessages()
  const { queries } = useDesk()
  const { person, onChoose } = props
  const [words, setWords] = useState('')
  const wanted = useDeferredValue(words.trim())
  const isSearching = wanted.length >= 2 && person === undefined
  const found = useQuery({ ...queries.employees.search(wanted, 6), enabled: isSearching }).data
  return (
    <>
      <TextField
        hint={t.run.personHint}
        isRequired
        label={t.run.choosePerson}
        onChange={(value) => {
          onChoose(undefined)
          setWords(value)
        }}
        type="search"
        value={person === undefined ? words : `${person.first_name} ${person.last_name}`}
      />
      {isSearching && found !== undefined && (
        <ul className="-mt-2 flex flex-col rounded-lg border border-rule">
          {found.map((employee) => (
            <li className="ledger-line" key={employee.id}>
              <button
                className="flex w-full cursor-pointer justify-between gap-3 px-3 py-2 text-left text-sm hover:bg-sunken"
                onClick={() => onChoose(employee)}
                type="button"
              >
                <span className="font-medium">
                  {employee.first_name} {employee.last_name}
                </span>
                <span className="truncate text-dim">{employee.email}</span>
              </button>
            </li>
          ))}
          {found.length === 0 && <li className="px-3 py-2 text-sm text-dim">{t.people.notFound}</li>}
        </ul>
      )}
    </>
  )
}
