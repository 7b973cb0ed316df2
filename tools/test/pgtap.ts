import { readdir } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { projectRoot } from '../lib/project.ts'
import { withConnection } from '../lib/sql.ts'
import type { Cluster } from '../stack/cluster.ts'
import { type PgtapFileResult, runPgtapFile } from './pgtap-file.ts'
import { assembleSqlFile } from './pgtap-include.ts'

export type { PgtapFileResult } from './pgtap-file.ts'

/** What a run of pgTAP files needs. */
export type PgtapOptions = {
  readonly cluster: Pick<Cluster, 'createDatabase' | 'dropDatabase' | 'urlFor'>
  /** A migrated database of the cluster without sessions; it is cloned and never changed. */
  readonly templateDatabase: string
  /** The files to run; default: every `*.test.sql` below `supabase/tests`. */
  readonly files?: readonly string[]
  /** Gets the result of each file as soon as it is known. */
  readonly onResult?: (result: PgtapFileResult) => void
}

/** The files of a run; each counts as one test. */
export type PgtapResult = {
  readonly passed: number
  readonly failed: number
  readonly files: readonly PgtapFileResult[]
}

const FILES_AT_ONCE = 2
const PREPARE = 'supabase/tests/_shared/pgtap.sql.raw'

/**
 * Runs pgTAP files as `supabase test db` does, each in its own clone of the template. A file fails when an assertion
 * fails or cannot be understood alone, when it dies, or when it ran another number of assertions than it planned.
 *
 * @example
 * const { failed } = await runPgtap({ cluster, templateDatabase: 'migrated', onResult: (file) => console.log(file.file, file.passed) })
 */
export async function runPgtap(options: PgtapOptions): Promise<PgtapResult> {
  const root = projectRoot()
  const paths = options.files ?? (await findPgtapFiles(join(root, 'supabase', 'tests')))
  const template = `${options.templateDatabase}_pgtap`
  await prepareTemplate(options, template)
  try {
    const files = await runAll(options, template, paths, (path) => relative(root, path))
    const passed = files.filter((file) => file.passed).length
    return { passed, failed: files.length - passed, files }
  } finally {
    await options.cluster.dropDatabase(template)
  }
}

/** Every `*.test.sql` below a folder, sorted by path. */
export async function findPgtapFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.test.sql'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
}

// pgTAP is installed once and cloned with the template, because installing it takes longer than most test files.
async function prepareTemplate({ cluster, templateDatabase }: PgtapOptions, template: string): Promise<void> {
  await withConnection(await cluster.createDatabase(template, { template: templateDatabase }), async (sql) => {
    await sql.unsafe('create extension if not exists pgtap with schema extensions')
    const { text } = await assembleSqlFile(join(projectRoot(), PREPARE))
    await sql.unsafe(text).simple()
  })
}

type Job = { readonly index: number; readonly path: string; readonly database: string; readonly url: Promise<string> }

async function runAll(
  { cluster, onResult }: PgtapOptions,
  template: string,
  paths: readonly string[],
  nameOf: (path: string) => string,
): Promise<PgtapFileResult[]> {
  const results: PgtapFileResult[] = []
  const drops: Promise<void>[] = []
  const waiting = paths.entries()
  const startNext = (): Job | undefined => {
    const next = waiting.next()
    if (next.done) return undefined
    const [index, path] = next.value
    const database = `${template}_${index}`
    const url = cluster.createDatabase(database, { template })
    // The loop awaits it later and hears of a failure then; until then it must not count as unhandled.
    url.catch(() => undefined)
    return { index, path, database, url }
  }
  const work = async (): Promise<void> => {
    for (let job = startNext(); job !== undefined; ) {
      const { index, path, database, url } = job
      const databaseUrl = await url
      // The next clone is made while this file runs, because making one is mostly waiting.
      job = startNext()
      const result = await runPgtapFile({ path, name: nameOf(path), databaseUrl })
      drops.push(cluster.dropDatabase(database))
      results[index] = result
      onResult?.(result)
    }
  }
  // A worker that throws must not leave another one running in a database that is about to be dropped.
  const outcomes = await Promise.allSettled(Array.from({ length: FILES_AT_ONCE }, work))
  outcomes.push(...(await Promise.allSettled(drops)))
  const rejected = outcomes.find((outcome) => outcome.status === 'rejected')
  if (rejected) throw rejected.reason
  return results
}
