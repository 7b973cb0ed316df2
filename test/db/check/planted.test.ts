import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Start } from '../../../tools/db/check/prove/stage.ts'
import type { ScratchServer } from '../../../tools/db/lib/scratch.ts'
import { sharedServer } from '../shared-server.ts'
import { findPlanted, plantedStart } from './find-planted.ts'
import { dig, expectedFile, plant, readPlants } from './planted.ts'

const plants = readPlants()
let server: ScratchServer
let start: Start

// The rows and the catalogue that every planted pair of a proof meets are the same, so they are made once.
beforeAll(async () => {
  server = sharedServer()
  start = await plantedStart(server)
})

afterAll(async () => {
  await server?.stop()
})

describe('every planted mistake is caught by its check, with file, line, why and what to do', () => {
  test.each(plants)('$kind', async (planted) => {
    const project = await plant(planted)
    try {
      const findings = await findPlanted(server, project, planted.expected, start)
      const { check, line, also } = planted.expected
      const caught = findings.filter((finding) => finding.check === check)
      expect(caught, JSON.stringify(findings, undefined, 1)).not.toHaveLength(0)
      expect(caught.map((finding) => `${finding.file}:${finding.line}`)).toContain(
        `${expectedFile(planted.expected)}:${line}`,
      )
      for (const finding of caught) {
        expect(finding.column).toBeGreaterThan(0)
        for (const text of [finding.what, finding.why, finding.fix]) expect(text.length).toBeGreaterThan(10)
      }
      const others = findings.map((finding) => finding.check).filter((name) => name !== check && !also.includes(name))
      expect(others, 'nothing else is reported').toEqual([])
    } finally {
      await dig(project)
    }
  })
})

test('at least thirty kinds are planted', () => {
  expect(plants.length).toBeGreaterThanOrEqual(30)
})
