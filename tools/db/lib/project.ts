import { existsSync } from 'node:fs'
import { join, relative, resolve, sep } from 'node:path'
import { usageError } from './errors.ts'

/** The folders and files of one Supabase project that the migration tools read and write. All paths are absolute. */
export type Project = {
  readonly root: string
  readonly migrations: string
  readonly rollbacks: string
  readonly tests: string
  readonly lockFile: string
  readonly environmentsFile: string
}

/** The project in a folder. Throws when the folder holds no `supabase/`. */
export function openProject(root: string): Project {
  const absolute = resolve(root)
  const supabase = join(absolute, 'supabase')
  if (!existsSync(supabase)) {
    throw usageError(
      `There is no Supabase project in ${absolute}.`,
      'Run the command in the folder that holds supabase/, or name it with --project <folder>.',
    )
  }
  return {
    root: absolute,
    migrations: join(supabase, 'migrations'),
    rollbacks: join(supabase, 'rollbacks'),
    tests: join(supabase, 'tests'),
    lockFile: join(supabase, 'migrations.lock.json'),
    environmentsFile: join(supabase, 'environments.json'),
  }
}

/** A path as findings show it: relative to the project, with forward slashes. */
export const shownPath = (project: Project, path: string): string => relative(project.root, path).split(sep).join('/')
