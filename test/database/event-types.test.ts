import { join } from 'node:path'
import ts from 'typescript'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { EVENT_TYPES } from '../../supabase/functions/_shared/contract/events.ts'
import { createWorld, type World } from './support/world.ts'

const CONTRACT = join(import.meta.dirname, '../../supabase/functions/_shared/contract/events.ts')

/** What a member of the data of an event is; a question mark where it may be absent. */
type Members = Readonly<Record<string, string>>

let world: World

beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

describe('the types of events in TypeScript', () => {
  test('are those of the catalogue in the database', async () => {
    const catalogue = await readCatalogue()
    expect(EVENT_TYPES.toSorted()).toEqual(Object.keys(catalogue).toSorted())
  })

  test('have the members of the catalogue, of the same kind, and absent where the catalogue lets them be', async () => {
    expect(readContract()).toEqual(await readCatalogue())
  })
})

async function readCatalogue(): Promise<Record<string, Members>> {
  const types = await world.sql<{ type: string; members: Members }[]>`
    select known.type, coalesce(jsonb_object_agg(member.key,
      jsonb_typeof(member.value) || case when member.key = any (known.optional) then '?' else '' end)
      filter (where member.key is not null), '{}') as members
    from private.event_types as known
    left join lateral jsonb_each(known.example) as member on true
    group by known.type`
  expect(types.length).toBeGreaterThan(40)
  return Object.fromEntries(types.map(({ type, members }) => [type, members]))
}

function readContract(): Record<string, Members> {
  const program = ts.createProgram([CONTRACT], { strict: true, noEmit: true, target: ts.ScriptTarget.ES2023 })
  const checker = program.getTypeChecker()
  const source = program.getSourceFile(CONTRACT)
  const alias = source?.statements.find(
    (statement) => ts.isTypeAliasDeclaration(statement) && statement.name.text === 'EventData',
  )
  if (alias === undefined) throw new Error('The contract has no type EventData.')
  return Object.fromEntries(
    checker.getPropertiesOfType(checker.getTypeAtLocation(alias)).map((event) => {
      const data = checker.getTypeOfSymbol(event)
      const members = checker
        .getPropertiesOfType(data)
        .map((member) => [
          member.name,
          kindOf(checker, checker.getNonNullableType(checker.getTypeOfSymbol(member))) +
            ((member.flags & ts.SymbolFlags.Optional) === 0 ? '' : '?'),
        ])
      return [event.name, Object.fromEntries(members)]
    }),
  )
}

/** The kind of a value as `jsonb_typeof` names it. */
function kindOf(checker: ts.TypeChecker, type: ts.Type): string {
  const kinds = new Set((type.isUnion() ? type.types : [type]).map((one) => kindOfOne(checker, one)))
  return [...kinds].join(' or ')
}

function kindOfOne(checker: ts.TypeChecker, type: ts.Type): string {
  if ((type.flags & ts.TypeFlags.StringLike) !== 0) return 'string'
  if ((type.flags & ts.TypeFlags.NumberLike) !== 0) return 'number'
  if ((type.flags & ts.TypeFlags.BooleanLike) !== 0) return 'boolean'
  return checker.isArrayType(type) ? 'array' : 'object'
}
