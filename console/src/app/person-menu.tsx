import { Menu } from '@base-ui/react/menu'
import { useNavigate } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { IconName } from '../ui/icon.tsx'
import { Icon } from '../ui/icon.tsx'
import { useConsole } from './context.tsx'
import { useDesk } from './desk.tsx'
import { chooseLanguage, LANGUAGES, type Language } from './language.ts'
import { useOrganizations } from './organizations.ts'
import { applyTheme } from './theme.ts'

const ITEM =
  'flex min-h-9 cursor-pointer items-center gap-2.5 rounded-md px-2.5 py-1.5 text-sm outline-none data-highlighted:bg-sunken'

/** Who is signed in, in which organization, and how the console looks. */
export function PersonMenu({ onSignOut }: { readonly onSignOut: () => void }) {
  const { messages: t, language } = useConsole()
  const { organization, email, role } = useDesk()
  const organizations = useOrganizations().data ?? []
  const navigate = useNavigate()
  const others = organizations.filter(({ organization_id }) => organization_id !== organization.organization_id)
  return (
    <Menu.Root>
      <Menu.Trigger className="button button-quiet max-w-56 gap-2 px-2">
        <span
          aria-hidden="true"
          className="grid size-7 shrink-0 place-items-center rounded-full bg-accent-soft text-xs font-semibold text-accent uppercase"
        >
          {organization.name.slice(0, 2)}
        </span>
        <span className="truncate max-sm:sr-only">{organization.name}</span>
        <Icon className="size-3.5 max-sm:hidden" name="chevron-down" />
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner align="end" className="z-30" sideOffset={6}>
          <Menu.Popup className="card flex w-72 flex-col p-1.5">
            <div className="px-2.5 py-2 text-sm">
              <p className="truncate font-medium">{email}</p>
              <p className="text-dim">{t.shell.roles[role ?? 'employee']}</p>
            </div>
            {others.map(({ organization_id, name }) => (
              <Item
                icon="building-2"
                key={organization_id}
                onClick={() =>
                  void navigate({ to: '/o/$organization', params: { organization: String(organization_id) } })
                }
              >
                {name}
              </Item>
            ))}
            <Item icon="plus" onClick={() => void navigate({ to: '/welcome' })}>
              {t.shell.newOrganization}
            </Item>
            <Rule />
            {(['system', 'light', 'dark'] as const).map((theme) => (
              <Item icon={theme === 'dark' ? 'eye-off' : 'eye'} key={theme} onClick={() => applyTheme(theme)}>
                {t.shell.theme}: {t.shell.themes[theme]}
              </Item>
            ))}
            {Object.entries(LANGUAGES)
              .filter(([tag]) => tag !== language)
              .map(([tag, name]) => (
                <Item icon="settings" key={tag} onClick={() => chooseLanguage(tag as Language)}>
                  <span lang={tag}>{name}</span>
                </Item>
              ))}
            <Rule />
            <Item icon="log-out" onClick={onSignOut}>
              {t.shell.signOut}
            </Item>
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  )
}

const Rule = () => <Menu.Separator className="my-1.5 h-px bg-rule" />

function Item(props: { readonly icon: IconName; readonly onClick: () => void; readonly children: ReactNode }) {
  return (
    <Menu.Item className={ITEM} onClick={props.onClick}>
      <Icon name={props.icon} />
      {props.children}
    </Menu.Item>
  )
}
