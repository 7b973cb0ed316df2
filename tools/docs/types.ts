import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { supabaseCliBinary } from '../lib/binaries.ts'

/** The TypeScript types of schema public, as the Supabase CLI generates them. */
export async function renderTypes(root: string, databaseUrl: string): Promise<string> {
  // The types are on standard output; what the CLI has to say about its connection is not.
  const { stdout } = await promisify(execFile)(
    supabaseCliBinary(),
    ['gen', 'types', 'typescript', `--remote=${databaseUrl}?sslmode=disable`, '--schema', 'public'],
    { cwd: root, env: { ...process.env, DO_NOT_TRACK: '1', SUPABASE_TELEMETRY_DISABLED: '1' }, maxBuffer: 2 ** 24 },
  )
  return `${stdout.trim()}\n`
}
