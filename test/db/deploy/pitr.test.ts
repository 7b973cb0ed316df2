import { expect, test } from 'vitest'
import * as pitr from '../../../tools/db/deploy/pitr-drill.command.ts'
import { openProject } from '../../../tools/db/lib/project.ts'
import { projectRoot } from '../../../tools/lib/project.ts'
import { run } from './fixture.ts'

test("PayD's own database is recovered to the moment before its schema was dropped, with a payroll that no backup held", async () => {
  const answer = await run(pitr, openProject(projectRoot()), [])
  expect(answer.data).toMatchObject({ ok: true, isExact: true, differing: [] })
  for (const table of ['organizations', 'employees', 'payroll_runs', 'payroll_items', 'transactions', 'events']) {
    expect(answer.data.rows, table).toHaveProperty([`public.${table}`], expect.any(Number))
  }
  expect(answer.data.archivedSegments).toBeGreaterThan(0)
})
