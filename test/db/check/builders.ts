import type { Migration } from '../../../tools/db/lib/migrations.ts'

/** A migration that lies on no disk. */
export function aMigration(parts: { version?: string; name?: string; up?: string; down?: string } = {}): Migration {
  const { version = '20260101000000', name = 'notes', up = 'select 1;', down } = parts
  const id = `${version}_${name}`
  const file = (folder: string, suffix: string, text: string) => ({
    path: `/project/supabase/${folder}/${id}${suffix}`,
    shown: `supabase/${folder}/${id}${suffix}`,
    text,
  })
  return {
    version,
    name,
    id,
    key: version,
    up: file('migrations', '.sql', up),
    down: down === undefined ? undefined : file('rollbacks', '_DOWN.sql', down),
    test: undefined,
  }
}
