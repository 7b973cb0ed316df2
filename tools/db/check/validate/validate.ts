import { type AnalysedMigration, analyse } from '../../lib/analysis.ts'
import { withDatabase } from '../../lib/database.ts'
import { dependenciesOf } from '../../lib/dependencies.ts'
import type { Target } from '../../lib/environments.ts'
import type { Finding } from '../../lib/finding.ts'
import { readHistory } from '../../lib/history.ts'
import { readLockFile } from '../../lib/lock-file.ts'
import { readMigrations } from '../../lib/migrations.ts'
import type { Project } from '../../lib/project.ts'
import { readProofSettings } from '../settings.ts'
import { checkApplied } from './applied.ts'
import { checkAgainst } from './branch.ts'
import { checkHeaders } from './headers.ts'
import { checkLock } from './lock.ts'
import { checkNames } from './names.ts'
import { checkRollbacks } from './rollbacks.ts'
import { checkSyntax } from './syntax.ts'
import { checkTests } from './tests.ts'
import { checkVendored } from './vendored.ts'

export type ValidateOptions = {
  readonly now: Date
  /** A database whose history is compared with the files. */
  readonly target?: Target
  /** A branch or commit to meet, such as `origin/main`. */
  readonly against?: string
  /** False while a migration is still being written, before its first proof. */
  readonly withLock?: boolean
}

/** Everything that can be wrong with the files of migrations without running them, and how many migrations were looked at. */
export async function validate(
  project: Project,
  options: ValidateOptions,
): Promise<{ findings: Finding[]; migrations: number }> {
  const folder = readMigrations(project)
  const migrations: AnalysedMigration[] = folder.migrations.map(analyse)
  // What a release brought was checked and proven there; here it only has to be unchanged.
  const own = migrations.filter(({ migration }) => migration.original === undefined)
  const { target, against } = options
  const findings = [
    ...checkNames(folder, options.now),
    ...checkSyntax(migrations),
    ...checkHeaders(migrations, dependenciesOf(migrations), options.now),
    ...checkVendored(project, folder.migrations),
    ...checkRollbacks(own, readProofSettings(project).referenceTables),
    ...checkTests(project, own),
    ...(options.withLock === false ? [] : checkLock(project, migrations, readLockFile(project))),
    ...(target ? checkApplied(migrations, await withDatabase(target.url, readHistory)) : []),
    ...(against ? await checkAgainst(project, migrations, against) : []),
  ]
  return { findings, migrations: migrations.length }
}
