const KEY = 'payd.reloaded'

/**
 * Loads the page anew when a part of it could not be loaded: the network failed for a moment, or another release lies there now.
 * A second failure within ten seconds is shown instead. So is one without a network, when nothing could be loaded in its place, and one
 * that meets somebody in the middle of a form, because parts are also loaded when the pointer only passes over a link.
 */
export function reloadWhenPartsAreMissing(): void {
  addEventListener('vite:preloadError', (event) => {
    if (Date.now() - Number(sessionStorage.getItem(KEY) ?? 0) < 10_000) return
    if (!navigator.onLine || isFillingIn()) return
    event.preventDefault()
    sessionStorage.setItem(KEY, String(Date.now()))
    location.reload()
  })
}

/** Whether a field has what a person typed: the one that is being typed into, or one that was left. */
function isFillingIn(): boolean {
  const isTyping = document.activeElement?.matches('input, textarea, select') ?? false
  return isTyping || document.querySelector(':user-valid, :user-invalid') !== null
}
