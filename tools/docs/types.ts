import { trySupabaseCli } from '../lib/supabase-cli.ts'

/** The TypeScript types of schema public, as the Supabase CLI generates them. */
export async function renderTypes(root: string, databaseUrl: string): Promise<string> {
  const args = ['gen', 'types', 'typescript', `--remote=${databaseUrl}?sslmode=disable`, '--schema', 'public']
  // The types are on standard output; what the CLI has to say about its connection is not.
  const { ok, output, printed } = await trySupabaseCli(root, args)
  if (!ok) throw new Error(`The Supabase CLI wrote no types:\n${printed}`)
  return `${output.trim()}\n`
}
