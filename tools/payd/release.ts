import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A migration as a release brings it. */
export type ReleaseMigration = {
  /** 14 digits that never change, whatever stamp the file gets in somebody's project. */
  readonly id: string
  /** What stands between the id and `.sql`. */
  readonly name: string
  readonly up: string
  /** Undefined when it cannot be taken back. */
  readonly down: string | undefined
  /** SHA-256 of the forward file. */
  readonly sha256: string
}

/** A file that is copied as it is. */
export type ReleaseFile = { readonly path: string; readonly text: string; readonly sha256: string }

/** What a release brings into a project. */
export type Release = {
  readonly version: string
  readonly migrations: readonly ReleaseMigration[]
  /** Edge functions and what they share, by their path below `supabase/`. */
  readonly functions: readonly ReleaseFile[]
  /** pgTAP tests, by their path below `supabase/`. */
  readonly tests: readonly ReleaseFile[]
  /** The blocks of `config.toml` that the functions need. */
  readonly functionBlocks: readonly { readonly name: string; readonly text: string }[]
}

const FORWARD = /^(\d{14})_([a-z][a-z0-9_]*)\.sql$/

/**
 * Reads a release from a folder that looks like `supabase/`: the one in the package, or that of a checkout. Throws when
 * there is none.
 */
export function readRelease(folder: string, version: string): Release {
  const migrations = filesBelow(folder, 'migrations').flatMap(({ path, text }): ReleaseMigration[] => {
    const [, id, name] = FORWARD.exec(path.slice('migrations/'.length)) ?? []
    if (!id || !name) return []
    const down = join(folder, 'rollbacks', `${id}_${name}_DOWN.sql`)
    const up = `${text.trimEnd()}\n`
    return [{ id, name, up, down: existsSync(down) ? readFileSync(down, 'utf8') : undefined, sha256: sha256Of(up) }]
  })
  if (migrations.length === 0) throw new Error(`There is no release of PayD in ${folder}.`)
  return {
    version,
    migrations,
    functions: filesBelow(folder, 'functions').filter(({ path }) => !/\.env|\.test\.ts$/.test(path)),
    tests: filesBelow(folder, 'tests'),
    functionBlocks: functionBlocks(readFileSync(join(folder, 'config.toml'), 'utf8')),
  }
}

/** SHA-256 of a text. */
export const sha256Of = (text: string): string => createHash('sha256').update(text).digest('hex')

/** Tables `[functions.<name>]` of a config.toml, each with the lines below it up to the next table. */
export function functionBlocks(toml: string): { name: string; text: string }[] {
  const blocks: { name: string; text: string }[] = []
  let current: { name: string; lines: string[] } | undefined
  const close = (): void => {
    if (current) blocks.push({ name: current.name, text: current.lines.join('\n').trimEnd() })
    current = undefined
  }
  for (const line of toml.split(/\r?\n/)) {
    const [, name] = /^\s*\[\s*functions\s*\.\s*"?([\w-]+)"?\s*\]/.exec(line) ?? []
    if (/^\s*\[/.test(line)) close()
    if (name) current = { name, lines: [] }
    // A comment above the next table belongs to that one.
    if (current && !/^\s*#/.test(line)) current.lines.push(line)
  }
  close()
  return blocks
}

function filesBelow(folder: string, part: string): ReleaseFile[] {
  const root = join(folder, part)
  if (!existsSync(root)) return []
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => {
      const text = readFileSync(path, 'utf8')
      return { path: path.slice(folder.length + 1).replaceAll('\\', '/'), text, sha256: sha256Of(text) }
    })
    .sort((a, b) => (a.path < b.path ? -1 : 1))
}
