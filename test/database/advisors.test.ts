import { expect, test } from 'vitest'
import { runAdvisors } from '../../tools/db/check/lint/advisors.ts'
import { openProject } from '../../tools/db/lib/project.ts'
import { projectRoot } from '../../tools/lib/project.ts'
import { connect } from '../../tools/lib/sql.ts'
import { cloneDatabase } from './support/databases.ts'

test('the advisors of Supabase warn of nothing in the migrated database', async () => {
  const database = await cloneDatabase()
  try {
    expect(await advise(database.url)).toEqual([])

    // And would, if there were something.
    const sql = connect(database.url)
    await sql.unsafe(
      'create table public.unprotected (id bigint primary key); grant select on table public.unprotected to anon',
    )
    await sql.end()
    expect((await advise(database.url)).map(({ check }) => check)).toContain('advisor/rls_disabled_in_public')
  } finally {
    await database.drop()
  }
})

function advise(url: string) {
  return runAdvisors(openProject(projectRoot()), `${url}?sslmode=disable`)
}
