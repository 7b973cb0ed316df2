import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { withoutFunctionBlocks } from './config-toml.ts'
import { REMOVAL, stampOfNext } from './local-migrations.ts'
import type { Write } from './plan.ts'
import { Refusal } from './refusal.ts'
import type { Release } from './release.ts'
import { readVendorLock } from './vendor-lock.ts'

/** What leaving does: one migration that takes back all of PayD, and a config.toml without its functions. */
export type Removal = {
  readonly migration: Write
  readonly config: Write | undefined
  readonly functions: readonly string[]
}

/**
 * Works out the reverse of everything that is installed, newest first, as one forward migration, which is one transaction:
 * it leaves a project without PayD, or as it was. What others built on PayD's objects stops it with its name.
 */
export function planRemoval(project: string, release: Release, now: Date, applied: readonly string[]): Removal {
  const lock = readVendorLock(project)
  if (!lock) throw new Refusal('PayD is not in this project.', 'There is nothing to remove.')
  const installed = Object.keys(lock.migrations).sort().reverse()
  const texts = installed.map((id) => {
    const migration = release.migrations.find((one) => one.id === id)
    const path = migration && join(project, 'supabase', 'rollbacks', `${id}_${migration.name}_DOWN.sql`)
    if (!path || !existsSync(path)) {
      throw new Refusal(
        `The rollback of PayD's migration ${id} is not here.`,
        'Restore supabase/rollbacks from git; "npx payd upgrade" writes what a release brings.',
      )
    }
    return readFileSync(path, 'utf8')
  })
  const text = `-- Takes back PayD ${lock.release}, newest migration first. Export the books before you push it.\n\n${texts.map((one) => one.trimEnd()).join('\n\n')}\n`
  const stamp = stampOfNext(project, now, applied)
  const config = join(project, 'supabase', 'config.toml')
  const toml = existsSync(config) ? readFileSync(config, 'utf8') : ''
  const without = withoutFunctionBlocks(toml, release.functionBlocks)
  return {
    migration: { path: `supabase/migrations/${stamp}${REMOVAL}`, text, isNew: true },
    config: without === toml ? undefined : { path: 'supabase/config.toml', text: without, isNew: false },
    functions: release.functionBlocks.map((block) => block.name),
  }
}
