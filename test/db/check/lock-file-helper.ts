import { renewLockFile } from '../../../tools/db/check/prove/lock-entries.ts'
import { prove } from '../../../tools/db/check/prove/prove.ts'
import { writeLockFile } from '../../../tools/db/lib/lock-file.ts'
import { readMigrations } from '../../../tools/db/lib/migrations.ts'
import type { Project } from '../../../tools/db/lib/project.ts'
import type { ScratchServer } from '../../../tools/db/lib/scratch.ts'

/** Proves every pair of a project and writes its lock file. */
export async function proveIntoLockFile(project: Project, server: ScratchServer): Promise<void> {
  const { migrations } = readMigrations(project)
  const { proofs } = await prove(project, {
    server,
    wanted: new Set(migrations.map(({ version }) => version)),
    lanes: 1,
  })
  writeLockFile(project, renewLockFile({}, migrations, proofs))
}
