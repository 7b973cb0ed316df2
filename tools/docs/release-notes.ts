/** `npm run release:notes -- v0.2.0`: the notes of a version, or why it cannot be released. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { errorText } from '../lib/error-text.ts'
import { projectRoot } from '../lib/project.ts'

/**
 * The part of the changelog that a tag stands for. Throws when the tag is not the version of the package, when that version
 * has no part of its own, or when changes are still listed as unreleased.
 */
export function releaseNotes(tag: string, version: string, changelog: string): string {
  if (tag !== `v${version}`) {
    throw new Error(`The tag ${tag} does not name version ${version} of package.json. Tag the commit as v${version}.`)
  }
  const parts = new Map(
    changelog
      .split(/^## /m)
      .slice(1)
      .map((part): [string, string] => {
        const [title = '', ...lines] = part.split('\n')
        return [title.trim(), lines.join('\n').trim()]
      }),
  )
  const notes = [...parts].find(([title]) => title === version || title.startsWith(`${version} `))?.[1]
  if (!notes) throw new Error(`CHANGELOG.md has no part "## ${version}". Give the changes their version.`)
  if (parts.get('Unreleased'))
    throw new Error('CHANGELOG.md still lists changes as unreleased. Move them to their version.')
  return notes
}

if (import.meta.main) {
  try {
    const [manifest, changelog] = await Promise.all(
      ['package.json', 'CHANGELOG.md'].map((file) => readFile(join(projectRoot(), file), 'utf8')),
    )
    const { version } = JSON.parse(manifest ?? '') as { readonly version: string }
    process.stdout.write(`${releaseNotes(process.argv[2] ?? '', version, changelog ?? '')}\n`)
  } catch (error) {
    process.stderr.write(`${errorText(error)}\n`)
    process.exitCode = 1
  }
}
