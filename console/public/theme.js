// Runs before the first paint, so that nobody is dazzled by a white page at night.
{
  const chosen = localStorage.getItem('payd.theme')
  const isDark = chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.dataset.theme = isDark ? 'dark' : 'light'
}
