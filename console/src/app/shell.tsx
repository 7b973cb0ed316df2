import type { Session } from '@supabase/auth-js'
import { useQuery } from '@tanstack/react-query'
import { Outlet } from '@tanstack/react-router'
import { createPayd, type OwnOrganization } from 'payd'
import { paydQueries } from 'payd/query'
import { lazy, Suspense, useEffect, useMemo, useState } from 'react'
import { preferenceAt, textPreference } from '../format/preference.ts'
import { FormatProvider, useFormatOf } from '../format/use-format.ts'
import { Waiting } from '../ui/answer.tsx'
import { Notice } from '../ui/notice.tsx'
import { useConsole } from './context.tsx'
import { type Desk, DeskProvider } from './desk.tsx'
import { HiddenAmountsProvider } from './hidden-amounts.tsx'
import { useLive } from './live.ts'
import { useShortcut } from './shortcut.ts'
import { SideBar } from './side-bar.tsx'
import { adoptTheme } from './theme.ts'
import { TopBar } from './top-bar.tsx'
import { useIsOnline } from './use-is-online.ts'

const Palette = lazy(async () => ({ default: (await import('./palette.tsx')).Palette }))

/** What stands around every page of an organization: where one is, where one can go, and whether what is shown is live. */
export function Shell(props: {
  readonly organization: OwnOrganization
  readonly session: Session
  /** Called before the person signs out, who then need not come back here. */
  readonly onLeave: () => void
  /** The newest event before anything of the organization was read. */
  readonly since: number | undefined
}) {
  const { organization, session, onLeave } = props
  const { supabase, messages: t } = useConsole()
  const isOnline = useIsOnline()
  const [isMenuOpen, setIsMenuOpen] = useState(false)
  const [isPaletteOpen, setIsPaletteOpen] = useState(false)
  const [isShown, setIsShown] = useState<boolean>()
  const { payd, queries } = useMemo(() => {
    const bound = createPayd(supabase, { organizationId: organization.organization_id })
    return { payd: bound, queries: paydQueries(bound) }
  }, [supabase, organization.organization_id])
  const isMember = organization.role !== null
  const members = useQuery({ ...queries.members.list({}, 200), enabled: isMember, staleTime: 300_000 })
  const preferences = useQuery({ ...queries.preferences.get(), enabled: isMember, staleTime: 300_000 })
  const live = useLive(payd, organization, session, props.since)
  useShortcut(() => setIsPaletteOpen(true))
  const preferredTheme = textPreference(preferences.data, 'appearance.theme')
  useEffect(() => adoptTheme(preferredTheme), [preferredTheme])

  const format = useFormatOf(preferences.data)
  const people = members.data?.items
  const email = session.user.email ?? ''
  const person = session.user.id
  // One desk as long as nothing on it changes: every row of every table would be shown anew with another one.
  const desk = useMemo(
    (): Desk => ({
      ...{ payd, queries, organization, role: organization.role, email },
      userId: people?.find(({ auth_user_id }) => auth_user_id === person)?.id,
      nameOf: (id) => people?.find((member) => member.id === id)?.email ?? t.common.unknown,
    }),
    [payd, queries, organization, email, people, person, t],
  )
  const isHidden = !(isShown ?? preferenceAt(preferences.data, 'privacy.hide_amounts') !== true)
  const signOut = async () => {
    onLeave()
    await supabase.auth.signOut({ scope: 'local' })
  }
  return (
    <DeskProvider value={desk}>
      <FormatProvider value={format}>
        <HiddenAmountsProvider value={isHidden}>
          <a
            className="button button-primary sr-only z-50 focus:not-sr-only focus:absolute focus:top-2 focus:left-2"
            href="#content"
          >
            {t.shell.skip}
          </a>
          <div className="flex min-h-dvh">
            <SideBar isOpen={isMenuOpen} onClose={() => setIsMenuOpen(false)} unread={live.unread} />
            <div className="flex min-w-0 flex-1 flex-col">
              <TopBar
                isHidden={isHidden}
                onHide={() => setIsShown(isHidden)}
                onMenu={() => setIsMenuOpen(true)}
                onPalette={() => setIsPaletteOpen(true)}
                onSignOut={() => void signOut()}
                status={live.status}
              />
              {!isOnline && (
                <div className="no-print px-6 pt-4">
                  <Notice role="status" title={t.common.offline} tone="warn" />
                </div>
              )}
              <main
                className="mx-auto w-full max-w-6xl flex-1 px-6 py-8 max-sm:px-4 max-sm:py-5"
                id="content"
                tabIndex={-1}
              >
                <Suspense fallback={<Waiting />}>
                  <Outlet />
                </Suspense>
              </main>
            </div>
          </div>
          {isPaletteOpen && (
            <Suspense>
              <Palette onClose={() => setIsPaletteOpen(false)} onSignOut={() => void signOut()} />
            </Suspense>
          )}
        </HiddenAmountsProvider>
      </FormatProvider>
    </DeskProvider>
  )
}
