import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { errorText, usageError } from '../lib/errors.ts'
import type { Project } from '../lib/project.ts'

const Settings = z.strictObject({
  /** Tables that only migrations write, so that dropping them loses nothing of anybody's. */
  referenceTables: z.array(z.string()).default([]),
  /** SQL expressions for made-up rows, by `schema.table.column`, `*.column` or type, several separated by commas; `$n` is the number of the row. */
  values: z.record(z.string(), z.string()).default({}).transform(byName),
  /** Queries of the application besides those that are found in the code. */
  queries: z.array(z.string()).default([]),
})

/** What a project tells the proofs about itself: `supabase/proof.json`. */
export type ProofSettings = z.infer<typeof Settings>

/**
 * Reads `supabase/proof.json`; an absent file means defaults. Where PayD's release was copied into the project, what PayD says
 * about its own tables counts too.
 */
export function readProofSettings(project: Project): ProofSettings {
  const own = readSettings(join(project.root, 'supabase', 'proof.json'))
  const ofRelease = existsSync(join(project.root, 'supabase', 'payd.lock.json'))
    ? OF_RELEASE.find(existsSync)
    : undefined
  if (ofRelease === undefined) return own
  const payd = readSettings(ofRelease)
  return {
    ...own,
    referenceTables: [...payd.referenceTables, ...own.referenceTables],
    values: { ...payd.values, ...own.values },
  }
}

// Beside the program in the package, or in the checkout that this file lies in.
const OF_RELEASE = [
  join(import.meta.dirname, '..', 'project', 'proof.json'),
  join(import.meta.dirname, '..', '..', '..', 'supabase', 'proof.json'),
]

function readSettings(path: string): ProofSettings {
  if (!existsSync(path)) return Settings.parse({})
  try {
    return Settings.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : errorText(error)
    throw usageError(
      `supabase/proof.json cannot be read: ${reason}`,
      'It may hold referenceTables, values and queries.',
    )
  }
}

function byName(values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([names, value]) => names.split(',').map((name) => [name.trim(), value])),
  )
}
