import { useQuery } from '@tanstack/react-query'
import type { Preferences } from 'payd'
import { useState } from 'react'
import { useConsole } from '../../app/context.tsx'
import { useDesk } from '../../app/desk.tsx'
import { chooseLanguage, LANGUAGES, type Language } from '../../app/language.ts'
import { applyTheme, chosenTheme, type Theme } from '../../app/theme.ts'
import { latestError, useCommand } from '../../app/use-command.ts'
import { preferenceAt, textPreference } from '../../format/preference.ts'
import { Action } from '../../ui/action.tsx'
import { Answer } from '../../ui/answer.tsx'
import { ErrorBox } from '../../ui/error-box.tsx'
import { CheckField, SelectField } from '../../ui/field.tsx'

/** What the person prefers; a choice is saved as soon as it is made. */
export function MyPreferences() {
  const { queries } = useDesk()
  const preferences = useQuery(queries.preferences.get())
  return <Answer of={preferences}>{(chosen) => <Choices chosen={chosen} />}</Answer>
}

function Choices({ chosen }: { readonly chosen: Preferences }) {
  const { messages: t, language } = useConsole()
  const set = useCommand('preferences', 'set')
  const speak = useCommand('preferences', 'set', {
    onDone: (all) => chooseLanguage((textPreference(all, 'locale.language') ?? 'en') as Language),
  })
  const reset = useCommand('preferences', 'reset', { says: t.settings.resetDone })
  const error = latestError(set, speak, reset)
  const zone = textPreference(chosen, 'locale.time_zone') ?? 'UTC'
  const switches = notificationKeys(preferenceAt(chosen, 'notifications'), 'notifications')
  const notices = inOrder(switches, Object.keys(t.settings.notices))
  const [asked, setAsked] = useState<{ readonly key: string; readonly isOn: boolean }>()
  const change = (key: string) => (value: string | boolean) => set.run(key, value)
  const turn = (key: string) => (isOn: boolean) => {
    setAsked({ key, isOn })
    set.run(key, isOn)
  }
  // A switch that waits for its answer stands where the person has put it.
  const isOnNow = (key: string, isOn: boolean) => (set.isBusy && asked?.key === key ? asked.isOn : isOn)
  return (
    <div className="card flex flex-col gap-5 p-5">
      {error !== null && <ErrorBox error={error} />}
      <div className="grid gap-4 sm:grid-cols-3">
        <SelectField
          choices={(['system', 'light', 'dark'] as const).map((theme) => [theme, t.shell.themes[theme]])}
          label={t.shell.theme}
          onChange={(theme: Theme) => {
            applyTheme(theme)
            change('appearance.theme')(theme)
          }}
          value={chosenTheme()}
        />
        <SelectField
          choices={Object.entries(LANGUAGES) as [Language, string][]}
          label={t.shell.language}
          onChange={(tag) => speak.run('locale.language', tag)}
          value={language}
        />
        <SelectField
          choices={[...new Set([zone, 'UTC', ...Intl.supportedValuesOf('timeZone')])].map((name) => [name, name])}
          label={t.settings.timeZone}
          onChange={change('locale.time_zone')}
          value={zone}
        />
      </div>
      <CheckField
        isChecked={isOnNow('privacy.hide_amounts', preferenceAt(chosen, 'privacy.hide_amounts') === true)}
        label={t.settings.hideAmounts}
        onChange={turn('privacy.hide_amounts')}
      />
      <fieldset className="grid gap-x-6 sm:grid-cols-2">
        <legend className="pb-1 text-sm font-medium">{t.settings.notify}</legend>
        {notices.map(({ key, isOn }) => (
          <CheckField
            isChecked={isOnNow(key, isOn)}
            key={key}
            label={key === 'notifications.enabled' ? t.settings.notifyAll : wordsOf(key, t.settings.notices)}
            onChange={turn(key)}
          />
        ))}
      </fieldset>
      <div>
        <Action isBusy={reset.isBusy} onClick={() => reset.run()}>
          {t.settings.reset}
        </Action>
      </div>
    </div>
  )
}

/** Every switch below a branch of the preferences, by its dotted path. */
function notificationKeys(value: unknown, path: string): { key: string; isOn: boolean }[] {
  if (typeof value === 'boolean') return [{ key: path, isOn: value }]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, inner]) => notificationKeys(inner, `${path}.${name}`))
}

/** What a switch is about; one of a newer database by its name. */
function wordsOf(key: string, notices: Readonly<Record<string, string>>): string {
  const name = key.replace(/^notifications\./, '')
  return notices[name] ?? name.replaceAll(/[._]/g, ' ')
}

/** The switch for everything first, then in the order of the words for them. */
function inOrder(notices: { key: string; isOn: boolean }[], names: readonly string[]): typeof notices {
  const placeOf = ({ key }: { key: string }) => {
    if (key === 'notifications.enabled') return -1
    const place = names.indexOf(key.replace(/^notifications\./, ''))
    return place === -1 ? names.length : place
  }
  return notices.toSorted((a, b) => placeOf(a) - placeOf(b))
}
