import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { openProject, type Project } from '../../../tools/db/lib/project.ts'

/** The version of every planted pair; the base migration is older. */
export const PLANTED_VERSION = '20260201000000'

const FOLDER = join(import.meta.dirname, 'planted')

const Expected = z.strictObject({
  /** The command that must find it. */
  by: z.enum(['validate', 'lint', 'prove', 'locks']),
  check: z.string(),
  /** `forward`, `rollback`, or a path in the project. */
  file: z.string(),
  line: z.number(),
  /** Other checks that may find the same mistake. */
  also: z.array(z.string()).default([]),
  options: z
    .strictObject({
      /** False plants no pgTAP test. */
      test: z.boolean().default(true),
      /** The forward file as it was applied to the database that validate is shown. */
      applied: z.string().optional(),
      /** Another applied migration: its id and its statement. */
      history: z.tuple([z.string(), z.string()]).optional(),
      /** Whether the pair is proven first and then edited. */
      lock: z.boolean().default(false),
      edit: z.boolean().default(false),
      rows: z.number().default(100),
      budget: z.number().default(500),
    })
    .prefault({}),
})

/** What has to be found, and by whom. */
export type Expectation = z.infer<typeof Expected>

/** A mistake that was planted on purpose. */
export type Plant = { readonly kind: string; readonly expected: Expectation }

/** Every planted mistake, by the name of its folder. */
export function readPlants(): Plant[] {
  return readdirSync(FOLDER)
    .filter((kind) => kind !== '_base')
    .sort()
    .map((kind) => ({
      kind,
      expected: Expected.parse(JSON.parse(readFileSync(join(FOLDER, kind, 'expected.json'), 'utf8'))),
    }))
}

/** The project without a mistake. */
export const baseFolder = (): string => join(FOLDER, '_base')

/** A copy of the base project in a temporary folder, with one planted pair; remove it with `dig`. */
export async function plant({ kind, expected }: Plant): Promise<Project> {
  const root = await mkdtemp(join(tmpdir(), 'payd-planted-'))
  cpSync(baseFolder(), root, { recursive: true })
  const from = join(FOLDER, kind)
  const supabase = join(root, 'supabase')
  copyIfThere(join(from, 'up.sql'), join(supabase, 'migrations', `${PLANTED_VERSION}_planted.sql`))
  copyIfThere(join(from, 'down.sql'), join(supabase, 'rollbacks', `${PLANTED_VERSION}_planted_DOWN.sql`))
  copyIfThere(join(from, 'files'), root)
  // Only `validate` asks for tests; a proof would run them.
  if (expected.by === 'validate' && expected.options.test) plantTests(supabase)
  return openProject(root)
}

/** Removes a planted project. */
export const dig = (project: Project): Promise<void> => rm(project.root, { recursive: true, force: true })

/** The path that a finding must name. */
export function expectedFile({ file }: Expectation): string {
  if (file === 'forward') return `supabase/migrations/${PLANTED_VERSION}_planted.sql`
  return file === 'rollback' ? `supabase/rollbacks/${PLANTED_VERSION}_planted_DOWN.sql` : file
}

/** Changes the planted forward file after the fact. */
export function edit(project: Project): void {
  const path = join(project.migrations, `${PLANTED_VERSION}_planted.sql`)
  appendFileSync(path, '\nalter table public.notes add column hint text;\n')
}

/** Runs `work` while the forward file has another text, as it was when it was applied. */
export async function withText(project: Project, text: string, work: () => Promise<void>): Promise<void> {
  const path = join(project.migrations, `${PLANTED_VERSION}_planted.sql`)
  renameSync(path, `${path}.kept`)
  writeFileSync(path, text)
  await work()
  renameSync(`${path}.kept`, path)
}

function copyIfThere(from: string, to: string): void {
  if (existsSync(from)) cpSync(from, to, { recursive: true })
}

function plantTests(supabase: string): void {
  const folder = join(supabase, 'tests', 'migrations')
  mkdirSync(folder, { recursive: true })
  for (const file of readdirSync(join(supabase, 'migrations'))) {
    if (!/^\d{14}_[a-z_]+\.sql$/.test(file)) continue
    writeFileSync(
      join(folder, file.replace('.sql', '.test.sql')),
      "begin; select plan(1); select pass('there are notes'); select * from finish(); rollback;\n",
    )
  }
}
