import { runSupabaseCli } from '../stack/migrate.ts'

/** The TypeScript types of schema public, as the Supabase CLI generates them. */
export async function renderTypes(root: string, databaseUrl: string): Promise<string> {
  return await runSupabaseCli(root, ['gen', 'types', 'typescript', `--remote=${databaseUrl}`, '--schema', 'public'])
}
