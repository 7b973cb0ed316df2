import { Dialog } from '@base-ui/react/dialog'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useDeferredValue, useState } from 'react'
import type { IconName } from '../ui/icon.tsx'
import { Icon } from '../ui/icon.tsx'
import { useConsole } from './context.tsx'
import { useDesk } from './desk.tsx'
import { placesOf } from './navigation.ts'

interface Entry {
  readonly key: string
  readonly icon: IconName
  readonly words: string
  readonly about?: string
  readonly go: () => void
}

/** Everything by the keyboard: pages, people, transactions, signing out. */
export function Palette({ onClose, onSignOut }: { readonly onClose: () => void; readonly onSignOut: () => void }) {
  const { messages: t } = useConsole()
  const { queries, organization, role } = useDesk()
  const navigate = useNavigate()
  const [words, setWords] = useState('')
  const [chosen, setChosen] = useState(0)
  const wanted = useDeferredValue(words.trim())
  const params = { organization: String(organization.organization_id) }
  const isSearching = role !== null && wanted.length >= 2
  const people = useQuery({ ...queries.employees.search(wanted, 6), enabled: isSearching })
  const places: Entry[] = placesOf(role, organization.is_employee).map(({ to, name, icon }) => ({
    key: to,
    icon,
    words: t.shell[name],
    go: () => void navigate({ to, params }),
  }))
  const commands: Entry[] = [...places, { key: 'sign-out', icon: 'log-out', words: t.shell.signOut, go: onSignOut }]
  const found: Entry[] = isSearching
    ? (people.data ?? []).map(({ id, first_name, last_name, email }) => ({
        key: `person ${id}`,
        icon: 'user',
        words: `${first_name} ${last_name}`,
        about: email,
        go: () => void navigate({ to: '/o/$organization/people', params, search: { person: String(id) } }),
      }))
    : []
  const entries = [...commands.filter((entry) => entry.words.toLowerCase().includes(wanted.toLowerCase())), ...found]
  const at = Math.min(chosen, Math.max(entries.length - 1, 0))
  const go = (entry: Entry | undefined) => {
    if (entry === undefined) return
    onClose()
    entry.go()
  }
  return (
    <Dialog.Root onOpenChange={(open) => !open && onClose()} open>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 bg-black/40" />
        <Dialog.Popup className="card fixed top-[12vh] left-1/2 w-[calc(100vw-2rem)] max-w-xl -translate-x-1/2 overflow-hidden">
          <Dialog.Title className="sr-only">{t.shell.paletteOpen}</Dialog.Title>
          <input
            aria-activedescendant={entries[at] === undefined ? undefined : `entry-${at}`}
            aria-controls="palette-entries"
            aria-expanded="true"
            aria-label={t.shell.paletteHint}
            className="w-full border-b border-rule bg-transparent px-5 py-4 text-base outline-none placeholder:text-dim"
            onChange={(event) => {
              setWords(event.target.value)
              setChosen(0)
            }}
            onKeyDown={(event) => {
              if (event.key === 'ArrowDown') setChosen(Math.min(at + 1, entries.length - 1))
              else if (event.key === 'ArrowUp') setChosen(Math.max(at - 1, 0))
              else if (event.key === 'Enter') go(entries[at])
              else return
              event.preventDefault()
            }}
            placeholder={t.shell.paletteHint}
            role="combobox"
            value={words}
          />
          <div
            aria-label={t.shell.paletteOpen}
            className="max-h-[50vh] overflow-y-auto p-1.5"
            id="palette-entries"
            role="listbox"
          >
            {entries.map((entry, index) => (
              <div
                aria-selected={index === at}
                className="flex cursor-pointer items-center gap-3 rounded-lg px-3.5 py-2 text-sm aria-selected:bg-accent-soft"
                id={`entry-${index}`}
                key={entry.key}
                onClick={() => go(entry)}
                onKeyDown={() => undefined}
                onPointerMove={() => setChosen(index)}
                role="option"
                tabIndex={-1}
              >
                <Icon className="size-4 text-dim" name={entry.icon} />
                <span className="truncate font-medium">{entry.words}</span>
                {entry.about !== undefined && <span className="truncate text-dim">{entry.about}</span>}
              </div>
            ))}
            {entries.length === 0 && <p className="px-3.5 py-4 text-sm text-dim">{t.shell.paletteEmpty}</p>}
          </div>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}
