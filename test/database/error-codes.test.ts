import type { Sql } from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createWorld, type World } from './support/world.ts'

type ErrorCode = { readonly code: string; readonly message: string; readonly hint: string }
type Refusal = { readonly where: string; readonly code: string; readonly arguments: number }

let world: World
let codes: ErrorCode[]
let bodies: { readonly name: string; readonly body: string }[]

beforeAll(async () => {
  world = await createWorld()
  codes = await world.sql<ErrorCode[]>`select code, message, hint from private.error_codes`
  bodies = await readBodies(world.sql)
})
afterAll(() => world.close())

describe('every refusal of a function', () => {
  test('is declared with status, sentence and what to do', () => {
    const declared = new Set(codes.map(({ code }) => code))
    const undeclared = refusals().filter(({ code }) => !declared.has(code))
    expect(refusals().length).toBeGreaterThan(50)
    expect(undeclared).toEqual([])
  })

  test('gives as many values as its sentences have places', () => {
    const short = refusals().filter((refusal) => {
      const declared = codes.find(({ code }) => code === refusal.code)
      return declared !== undefined && refusal.arguments < Math.max(placesIn(declared.message), placesIn(declared.hint))
    })
    expect(short).toEqual([])
  })
})

test('every declared refusal can happen', () => {
  const said = bodies.map(({ body }) => body).join('\n')
  expect(codes.filter(({ code }) => !said.includes(`'${code}'`)).map(({ code }) => code)).toEqual([])
})

/** The calls of private.refuse with a literal code. Codes that a helper returns are found by its own literals above. */
function refusals(): Refusal[] {
  return bodies.flatMap(({ name, body }) =>
    [...body.matchAll(/private\.refuse\(\s*'(\w+)'/g)].flatMap((match) => {
      const given = argumentsOf(body.slice(match.index + 'private.refuse('.length))
      // A variadic array has as many values as it has when it runs.
      return given.some((text) => text.trimStart().startsWith('variadic'))
        ? []
        : [{ where: name, code: match[1] ?? '', arguments: given.length - 1 }]
    }),
  )
}

/** The arguments before the parenthesis that closes the call. */
function argumentsOf(text: string): string[] {
  const found = ['']
  let depth = 0
  let quoted = false
  for (const character of text) {
    if (character === "'") quoted = !quoted
    if (!quoted && (character === '(' || character === '[')) depth += 1
    if (!quoted && character === ')' && depth === 0) break
    if (!quoted && (character === ')' || character === ']')) depth -= 1
    if (!quoted && character === ',' && depth === 0) found.push('')
    else found[found.length - 1] += character
  }
  return found
}

function placesIn(template: string): number {
  const positions = [...template.matchAll(/%(\d+)\$s/g)].map((match) => Number(match[1]))
  const running = [...template.replaceAll('%%', '').matchAll(/%s/g)].length
  return Math.max(running, 0, ...positions)
}

async function readBodies(sql: Sql) {
  return sql<{ name: string; body: string }[]>`
    select function.oid::regprocedure::text as name, function.prosrc as body
    from pg_proc as function
    where function.pronamespace in ('public'::regnamespace, 'private'::regnamespace)`
}
