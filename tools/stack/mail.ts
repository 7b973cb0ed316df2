import { appendFile } from 'node:fs/promises'

/** A mail as the auth service hands it over. */
export type Mail = { readonly to: string; readonly subject: string; readonly text?: string; readonly html?: string }

/** Where the app of the project is expected on this machine, as in supabase/config.toml. */
export const SITE_URL = 'http://127.0.0.1:3000'

/**
 * Stands in for a mail server: appends every mail to a file, where the person who tests reads links and codes. The package
 * lets links lead to the app; on a hosted project, and here, they lead to the auth service first, which sends people on.
 */
export function mailFile(path: string, gatewayUrl: string): { send(mail: Mail): Promise<void> } {
  return {
    send: async ({ to, subject, text = '', html = '' }) => {
      const body = (text || html).replaceAll(`${SITE_URL}/auth/v1/`, `${gatewayUrl}/auth/v1/`)
      const head = [`Date: ${new Date().toISOString()}`, `To: ${to}`, `Subject: ${subject}`].join('\n')
      await appendFile(path, `${head}\n\n${body}\n\n---\n\n`, { mode: 0o600 })
    },
  }
}
