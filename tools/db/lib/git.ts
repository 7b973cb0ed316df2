import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { plainEnvironment } from '../../lib/plain-environment.ts'
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

/** Who wrote a file, by the commits that touched it: names and addresses; empty where git knows nothing of it. */
export async function authorsOf(root: string, path: string): Promise<string[]> {
  return git(root, ['log', '--format=%an%n%ae', '--', path], 'HEAD').then(
    (text) => [...new Set(text.split('\n').filter(Boolean))],
    () => [],
  )
}

/** The name that git knows the person at the keyboard by. */
export async function ownName(root: string): Promise<string | undefined> {
  return git(root, ['config', 'user.name'], 'user.name').then(
    (text) => text.trim() || undefined,
    () => undefined,
  )
}

/** Who signed a commit with a key that git trusts here. Throws a usage error without a good signature. */
export async function signerOf(root: string, commit: string): Promise<string> {
  const signed = await git(root, ['log', '-1', '--format=%G?%n%GS%n%an', commit], commit)
  const [verdict, signer, author] = signed.split('\n')
  // G is a good signature by a trusted key; U is a good one by a key that is not trusted here.
  if (verdict === 'G') return signer || author || ''
  throw usageError(
    `The commit ${commit} bears no good signature of a trusted key (git says "${verdict}").`,
    'Sign an empty commit that approves it (git commit --allow-empty -S), with a key of gpg.ssh.allowedSignersFile or of your keyring.',
  )
}

async function git(root: string, args: readonly string[], reference: string): Promise<string> {
  try {
    const { stdout } = await run('git', args, { cwd: root, maxBuffer: 64 * 1024 * 1024, env: plainEnvironment() })
    return stdout
  } catch (error) {
    throw usageError(
      `git cannot read "${reference}": ${errorText(error).split('\n').slice(1, 3).join(' ').trim()}`,
      'Name a branch or commit that exists here; git fetch may be needed first.',
    )
  }
}
