import { type Finding, validateError } from '../../lib/finding.ts'
import type { Migration } from '../../lib/migrations.ts'
import type { Project } from '../../lib/project.ts'
import { isAsReleased } from '../../lib/vendored.ts'

/** Copied migrations that are not what their release brought. */
export const checkVendored = (project: Project, migrations: readonly Migration[]): Finding[] =>
  migrations
    .filter((migration) => migration.original !== undefined && !isAsReleased(project, migration))
    .map(({ up, original }) =>
      validateError('vendored', up.shown, [
        `This is not ${original} as PayD's release brought it, or its rollback is missing.`,
        'A release was proven as it is; a project that changes it has something that nobody has tried.',
        'Restore the file and supabase/rollbacks from git; what you want to change is a migration of your own.',
      ]),
    )
