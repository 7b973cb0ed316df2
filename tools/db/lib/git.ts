import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { errorText, usageError } from './errors.ts'

const run = promisify(execFile)

/** Paths below `folder` that a commit or branch holds, relative to the repository's folder `root`. Throws for an unknown branch. */
export async function filesAt(root: string, reference: string, folder: string): Promise<string[]> {
  return (await git(root, ['ls-tree', '-r', '--name-only', reference, '--', folder], reference))
    .split('\n')
    .filter(Boolean)
}

/** The text of a file as a commit or branch holds it. */
export const textAt = (root: string, reference: string, path: string): Promise<string> =>
  git(root, ['show', `${reference}:./${path}`], reference)

/** The commit at which two branches parted, or undefined when they never met. */
export async function mergeBase(root: string, a: string, b: string): Promise<string | undefined> {
  return git(root, ['merge-base', a, b], b).then(
    (text) => text.trim() || undefined,
    () => undefined,
  )
}

async function git(root: string, args: readonly string[], reference: string): Promise<string> {
  try {
    const { stdout } = await run('git', args, { cwd: root, maxBuffer: 64 * 1024 * 1024 })
    return stdout
  } catch (error) {
    throw usageError(
      `git cannot read "${reference}": ${errorText(error).split('\n').slice(1, 3).join(' ').trim()}`,
      'Name a branch or commit that exists here; git fetch may be needed first.',
    )
  }
}
