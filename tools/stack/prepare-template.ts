import { enableCompileCache } from 'node:module'
import { compileCacheFolder, projectRoot } from '../lib/project.ts'

/** Builds what the first start of a stack would have to build: the migrated database and the compiled modules. */
export async function prepareTemplate(): Promise<void> {
  enableCompileCache(compileCacheFolder())
  // Loaded only now, so that the compiled modules are kept.
  const [{ existingDatabaseUser }, { embeddedPostgresBinaries }, { openTemplate }] = await Promise.all([
    import('../lib/database-user.ts'),
    import('../lib/binaries.ts'),
    import('./template.ts'),
    import('./stack.ts'),
  ])
  // An install may not add an account to a machine; a start that needs one does.
  if ((await existingDatabaseUser()) === undefined) return
  await openTemplate({
    binaries: embeddedPostgresBinaries(),
    privileges: 'strict',
    projectFolder: projectRoot(),
  })
}
