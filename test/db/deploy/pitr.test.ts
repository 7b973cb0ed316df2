import { afterAll, expect, test } from 'vitest'
import * as pitr from '../../../tools/db/deploy/pitr-drill.command.ts'
import { createProject, removeProject, run } from './fixture.ts'

const project = createProject([])
afterAll(() => removeProject(project))

test('a server is recovered to the moment before the harm, with every row of that moment and none of later', async () => {
  const answer = await run(pitr, project, [])
  expect(answer.data).toMatchObject({ ok: true, expectedRows: 7500, recoveredRows: 7500, isExact: true })
  expect(answer.data.archivedSegments).toBeGreaterThan(0)
})
