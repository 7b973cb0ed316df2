import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export const REPOSITORY = join(import.meta.dirname, '../..')

/** Paths of the files that belong to the project, new ones that are not committed yet included. */
export function projectFiles(pattern: RegExp = /./): string[] {
  const list = ['ls-files', '--cached', '--others', '--exclude-standard', '--deduplicate']
  const deleted = new Set(git(['ls-files', '--deleted']))
  return git(list).filter((path) => pattern.test(path) && !deleted.has(path))
}

export const textOf = (path: string): string => readFileSync(join(REPOSITORY, path), 'utf8')

function git(args: readonly string[]): string[] {
  return execFileSync('git', args, { cwd: REPOSITORY, encoding: 'utf8', maxBuffer: 2 ** 26 })
    .split('\n')
    .filter(Boolean)
}
