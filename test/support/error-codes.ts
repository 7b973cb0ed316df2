import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { migrationsText } from './migrations.ts'

/** The error codes that the migrations declare, sorted. */
export function declaredErrorCodes(): readonly string[] {
  const inserts = migrationsText().matchAll(/insert into private\.error_codes \(.*?\) values(.*?);\n/gs)
  const codes = [...inserts].flatMap(([, rows = '']) =>
    [...rows.matchAll(/^\s*\('([a-z0-9_]+)', \d{3},/gm)].map(([, code]) => code ?? ''),
  )
  return codes.toSorted()
}

// `node test/support/error-codes.ts` writes the list into the contract after a migration declared a new code.
if (import.meta.main) {
  const file = join(import.meta.dirname, '../../supabase/functions/_shared/contract/error-codes.ts')
  const list = declaredErrorCodes().map((code) => `  '${code}',\n`)
  const pattern = /(export const DATABASE_ERROR_CODES = \[\n).*?(\] as const)/s
  writeFileSync(file, readFileSync(file, 'utf8').replace(pattern, `$1${list.join('')}$2`))
}
