const KEY = 'payd.reloaded'

/**
 * Loads the page anew when a part of it could not be loaded: the network failed for a moment, or another release lies there now.
 * A second failure within ten seconds is shown instead.
 */
export function reloadWhenPartsAreMissing(): void {
  addEventListener('vite:preloadError', (event) => {
    if (Date.now() - Number(sessionStorage.getItem(KEY) ?? 0) < 10_000) return
    event.preventDefault()
    sessionStorage.setItem(KEY, String(Date.now()))
    location.reload()
  })
}
