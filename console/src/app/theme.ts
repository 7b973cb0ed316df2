/** How the console looks. */
export type Theme = 'system' | 'light' | 'dark'

const KEY = 'payd.theme'

/** The choice of this browser. */
export function chosenTheme(): Theme {
  const chosen = localStorage.getItem(KEY)
  return chosen === 'light' || chosen === 'dark' ? chosen : 'system'
}

/** Takes over what the person prefers, in a browser in which nothing was chosen yet. */
export function adoptTheme(preferred: string | undefined): void {
  const isKnown = preferred === 'light' || preferred === 'dark'
  if (isKnown && localStorage.getItem(KEY) === null) applyTheme(preferred)
}

/** Shows the console in a theme, and remembers it in this browser. */
export function applyTheme(theme: Theme): void {
  localStorage.setItem(KEY, theme)
  const isDark = theme === 'dark' || (theme === 'system' && matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.dataset.theme = isDark ? 'dark' : 'light'
}
