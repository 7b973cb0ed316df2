import * as z from 'zod/mini'
import { compareVersions, RELEASE } from '../contract/release.ts'
import { DatabaseError } from './database-error.ts'
import type { Rpc } from './rpc.ts'

const Version = z.object({ release: z.string().check(z.regex(/^\d+\.\d+\.\d+$/)) })

/**
 * The same calls behind one question: before the first of them the database says which release of PayD it has. A database that is
 * older than these functions would refuse or misunderstand some of their calls, so none is made, and every ring is answered with
 * what to do. A good answer is remembered for the life of the worker.
 */
export function withRelease(rpc: Rpc): Rpc {
  let checked: Promise<void> | undefined
  return async (name, parameters, answer) => {
    checked ??= requireRelease(rpc)
    try {
      await checked
    } catch (error) {
      // The migrations may come while this worker lives.
      checked = undefined
      throw error
    }
    return await rpc(name, parameters, answer)
  }
}

/** Throws {@link DatabaseError} `database_outdated` when the release of the database is older than that of these functions. */
async function requireRelease(rpc: Rpc): Promise<void> {
  const release = await releaseOf(rpc)
  if (release !== undefined && compareVersions(release, RELEASE) >= 0) return
  const has = release === undefined ? 'The database has no PayD' : `The database has PayD ${release}`
  throw new DatabaseError(
    {
      code: 'database_outdated',
      message: `${has}, and these functions are of ${RELEASE}.`,
      hint: 'Push the migrations (npx payd upgrade, then npx supabase db push), or deploy the functions of the older release.',
      status: 503,
    },
    'work with this database',
  )
}

/** What the database says; undefined where the migrations were never pushed, so that the question itself is not known. */
async function releaseOf(rpc: Rpc): Promise<string | undefined> {
  try {
    return (await rpc('payd_version', {}, Version)).release
  } catch (error) {
    if (error instanceof DatabaseError && error.message.includes('(PGRST202)')) return undefined
    throw error
  }
}
