import { describe, expect, test } from 'vitest'
import { changedVersions } from '../../../tools/db/check/prove/lock-entries.ts'
import { astHash } from '../../../tools/db/lib/ast-hash.ts'
import { CATALOG_FORM } from '../../../tools/db/lib/catalog.ts'
import type { LockEntry, LockFile } from '../../../tools/db/lib/lock-file.ts'
import type { Migration } from '../../../tools/db/lib/migrations.ts'
import { aMigration } from './builders.ts'

const [FIRST, SECOND, THIRD] = ['20260101000000', '20260102000000', '20260103000000']
const migrations = [FIRST, SECOND, THIRD].map((version, index) =>
  aMigration({ version, name: `part_${index}`, up: `select ${index};`, down: `select -${index + 1};` }),
)
const lock: LockFile = Object.fromEntries(
  migrations.map((one, index) => [one.version, entryOf(one, `state ${index}`, `state ${index + 1}`)]),
)

describe('what has to be proven again', () => {
  test('is nothing while files and lock file agree', () => {
    expect(changedVersions(migrations, lock)).toEqual(new Set())
  })

  test('is nothing when only comments and spaces change', () => {
    expect(changedVersions(replaced(1, { up: '-- another word\nselect   1;' }), lock)).toEqual(new Set())
  })

  test('is a changed forward file and everything that stands on it', () => {
    expect(changedVersions(replaced(1, { up: 'select 7;' }), lock)).toEqual(new Set([SECOND, THIRD]))
  })

  test('is only the pair whose rollback changes', () => {
    expect(changedVersions(replaced(1, { down: 'select 7;' }), lock)).toEqual(new Set([SECOND]))
  })

  test('is only the newest when it is the one that is missing', () => {
    const { [THIRD]: _newest, ...older } = lock
    expect(changedVersions(migrations, older)).toEqual(new Set([THIRD]))
  })

  test('is what follows a migration that is gone', () => {
    expect(changedVersions(migrations.toSpliced(1, 1), lock)).toEqual(new Set([THIRD]))
  })

  test('is a migration that was called otherwise', () => {
    const renamed = migrations.with(2, aMigration({ ...textsOf(2), version: THIRD, name: 'another' }))
    expect(changedVersions(renamed, lock)).toEqual(new Set([THIRD]))
  })
})

const textsOf = (index: number) => ({ up: `select ${index};`, down: `select -${index + 1};` })

function replaced(index: number, texts: { up?: string; down?: string }): Migration[] {
  const { version = '', name = '' } = migrations[index] ?? {}
  return migrations.with(index, aMigration({ ...textsOf(index), ...texts, version, name }))
}

function entryOf({ name, up, down }: Migration, before: string, after: string): LockEntry {
  return {
    name,
    up: astHash(up.text),
    down: astHash(down?.text ?? ''),
    class: [],
    rollback: 'lossless',
    catalog: { before, after },
    proof: { catalogIdentity: true, dataPreserved: true, killPoints: 1, n1: { queries: 0, broken: 0 } },
    locks: [],
    pg: '17',
    tools: { catalog: CATALOG_FORM },
  }
}
