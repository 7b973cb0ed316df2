import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Plan, planUpgrade } from '../../../tools/payd/plan.ts'
import { type Release, type ReleaseMigration, readRelease, sha256Of } from '../../../tools/payd/release.ts'
import { carryOut } from '../../../tools/payd/write.ts'

const SUPABASE = join(import.meta.dirname, '..', '..', '..', 'supabase')

/** What this checkout would bring as release 1. */
export const releaseOne = (): Release => readRelease(SUPABASE, '1.0.0')

/** The next release: one more migration, and one changed function file. */
export function releaseTwo(): Release {
  const one = releaseOne()
  const up = `set local lock_timeout = '2s';\nset local statement_timeout = '30s';\n\nalter table public.employees add column badge text;\n`
  const badge: ReleaseMigration = {
    id: '20270101000000',
    name: 'badges',
    up,
    down: `-- rollback-of: 20270101000000_badges\n-- rollback: lossy column public.employees.badge\nalter table public.employees drop column badge;\n`,
    sha256: sha256Of(up),
  }
  const functions = one.functions.map((file) =>
    file.path === 'functions/payroll-disburse/index.ts'
      ? { ...file, text: `${file.text}// two\n`, sha256: sha256Of(`${file.text}// two\n`) }
      : file,
  )
  return { ...one, version: '2.0.0', migrations: [...one.migrations, badge], functions }
}

/** A small release for what needs no database. */
export function smallRelease(version: string, ids: readonly string[]): Release {
  return {
    version,
    migrations: ids.map((id) => {
      const up = `create table public.t_${id} (id bigint);\n`
      return { id, name: `t_${id.slice(-2)}`, up, down: `drop table public.t_${id};\n`, sha256: sha256Of(up) }
    }),
    functions: [{ path: 'functions/pay/index.ts', text: `// ${version}\n`, sha256: sha256Of(`// ${version}\n`) }],
    tests: [],
    functionBlocks: [{ name: 'pay', text: '[functions.pay]\nenabled = true' }],
  }
}

/** A Supabase project of somebody else in a temporary folder. */
export function aProject(config = 'project_id = "shop"\n'): string {
  const project = mkdtempSync(join(tmpdir(), 'payd-project-'))
  mkdirSync(join(project, 'supabase', 'migrations'), { recursive: true })
  writeFileSync(join(project, 'supabase', 'config.toml'), config)
  return project
}

export const removeProject = (project: string): void => rmSync(project, { recursive: true, force: true })

/** Writes a migration of the project's own. */
export function ownMigration(project: string, stamp: string, name: string, sql: string): void {
  writeFileSync(join(project, 'supabase', 'migrations', `${stamp}_${name}.sql`), sql)
}

/** Brings a release as `init` and `upgrade` do. */
export function bring(project: string, release: Release, applied: readonly string[] = [], now = new Date()): Plan {
  const plan = planUpgrade({ project, release, now, applied, withTests: false })
  carryOut(project, plan)
  return plan
}
