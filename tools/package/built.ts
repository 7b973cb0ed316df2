import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pack, ROOT, remove, run, unpack } from './unpacked.ts'

const BRANCHES = { payd: 'built', 'payd-cli': 'built-cli' } as const

/**
 * Pushes both packages, as they lie built in this checkout, to the branches `built` and `built-cli` of a git repository: npm takes them
 * from there as they are, while it would install every development dependency to build a package from its source.
 */
export async function pushBuilt(remote: string): Promise<void> {
  const gitFolder = (await run(ROOT, 'git', ['rev-parse', '--absolute-git-dir'])).trim()
  const objects = resolve(ROOT, (await run(ROOT, 'git', ['rev-parse', '--git-path', 'objects'])).trim())
  const folder = await mkdtemp(join(tmpdir(), 'payd-built-'))
  try {
    await mkdir(join(folder, 'objects'))
    for (const name of ['payd', 'payd-cli'] as const) {
      const tree = join(folder, name)
      const { archive, version } = await pack(folder, name)
      await unpack(archive, tree)
      await withoutDevelopment(join(tree, 'package.json'))
      const git = (...args: string[]) => run(tree, 'git', args, environment)
      const environment = {
        ...{ GIT_DIR: gitFolder, GIT_WORK_TREE: tree, GIT_INDEX_FILE: join(folder, `${name}.index`) },
        // What is written for the push does not stay in the checkout.
        ...{ GIT_OBJECT_DIRECTORY: join(folder, 'objects'), GIT_ALTERNATE_OBJECT_DIRECTORIES: objects },
        ...{ GIT_AUTHOR_NAME: 'PayD', GIT_AUTHOR_EMAIL: 'release@payd.invalid' },
        ...{ GIT_COMMITTER_NAME: 'PayD', GIT_COMMITTER_EMAIL: 'release@payd.invalid' },
      }
      await git('add', '--all', '--force', '.')
      const written = (await git('write-tree')).trim()
      const commit = (await git('commit-tree', written, '-m', `${name} ${version}, built`)).trim()
      await git('push', '--quiet', '--force', remote, `${commit}:refs/heads/${BRANCHES[name]}`)
    }
  } finally {
    await remove(folder)
  }
}

/** npm builds what comes from git when its manifest names scripts or workspaces. */
async function withoutDevelopment(path: string): Promise<void> {
  const { scripts, workspaces, devDependencies, allowScripts, ...manifest } = JSON.parse(await readFile(path, 'utf8'))
  const kept = manifest.name === 'payd-cli' ? { ...manifest, devDependencies } : manifest
  await writeFile(path, `${JSON.stringify(kept, undefined, 2)}\n`)
}

if (import.meta.main) {
  const [remote] = process.argv.slice(2)
  if (remote === undefined) {
    console.error('Say where to push to: node tools/package/built.ts origin')
    process.exitCode = 2
  } else {
    await run(ROOT, process.execPath, [resolve(import.meta.dirname, 'build.ts')])
    await pushBuilt(remote)
  }
}
