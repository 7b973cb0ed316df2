import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** All migrations, one after the other. */
export function migrationsText(): string {
  const folder = join(import.meta.dirname, '../../supabase/migrations')
  return readdirSync(folder)
    .toSorted()
    .map((file) => readFileSync(join(folder, file), 'utf8'))
    .join('\n')
}
