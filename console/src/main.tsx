import '@fontsource-variable/inter/wght.css'
import './styles.css'
import { createRoot } from 'react-dom/client'
import { App } from './app/app.tsx'
import { loadConfig } from './app/config.ts'
import { chosenLanguage, loadMessages, localeOf } from './app/language.ts'
import { reloadWhenPartsAreMissing } from './app/missing-parts.ts'
import { openSupabase } from './app/supabase.ts'
import { Unconfigured } from './pages/unconfigured.tsx'

reloadWhenPartsAreMissing()
// A page that the browser kept whole for the way back may show what was signed out of since.
addEventListener('pageshow', ({ persisted }) => persisted && location.reload())
const language = chosenLanguage()
document.documentElement.lang = language
const root = createRoot(document.getElementById('root') as HTMLElement)
// Both are asked for at once, so that the first page waits for one round trip and not for two.
const [config, messages] = await Promise.all([
  loadConfig().catch((error: unknown) => (error instanceof Error ? error : new Error(String(error)))),
  loadMessages(language),
])
root.render(
  config instanceof Error ? (
    <Unconfigured messages={messages} problem={config.message} />
  ) : (
    <App console={{ config, supabase: openSupabase(config), language, locale: localeOf(language), messages }} />
  ),
)
