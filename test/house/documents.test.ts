import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { COMMANDS } from '../../tools/db/command-list.ts'
import { PARTS } from '../../tools/test/parts.ts'
import { projectFiles, REPOSITORY, textOf } from './files.ts'

type Document = { readonly path: string; readonly text: string }

const { scripts } = JSON.parse(textOf('package.json')) as { readonly scripts: Readonly<Record<string, string>> }
const documents: readonly Document[] = projectFiles(/\.(md|yml)$/)
  .filter((path) => !path.startsWith('docs/migrations/'))
  .map((path) => ({ path, text: textOf(path) }))

describe('documents', () => {
  test('there is something to check', () => {
    expect(documents.length).toBeGreaterThan(20)
  })

  test('links lead to files and to headings that exist', () => {
    expect(documents.flatMap(brokenLinks)).toEqual([])
  })

  test('paths of the project that they name exist', () => {
    expect(documents.flatMap(missingPaths)).toEqual([])
  })

  test('tables and functions of the database that they name exist', () => {
    expect(documents.flatMap(missingObjects)).toEqual([])
  })

  test('npm scripts, commands and test parts that they name exist, with their options', () => {
    expect(documents.flatMap(unknownCommands)).toEqual([])
  })
})

describe('the checker of documents', () => {
  const wrong = (text: string): Document => ({ path: 'README.md', text })

  test('finds a link to a missing file and to a missing heading', () => {
    expect(brokenLinks(wrong('[a](docs/none.md) [b](docs/deploy.md#nothing) [c](docs/deploy.md)'))).toHaveLength(2)
  })
  test('finds a missing path, and lets patterns and made-up names pass', () => {
    expect(
      missingPaths(wrong('`tools/none.ts` `tools/lib/sql.ts` `docs/migrations/<version>_report.md`')),
    ).toHaveLength(1)
  })
  test('finds a missing table', () => {
    expect(missingObjects(wrong('`public.none` `public.employees` `private.findings(null)`'))).toHaveLength(1)
  })
  test('finds an unknown script, command, option and part', () => {
    const text = '`npm run nothing` `npm run db -- nothing` `npm run db -- push --nothing` `npm test -- nothing`'
    expect(unknownCommands(wrong(text))).toHaveLength(4)
    expect(unknownCommands(wrong('`npm run db -- push --env staging` `npm test -- unit` `npm start`'))).toEqual([])
  })
})

function brokenLinks({ path, text }: Document): string[] {
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, target = '']) => {
    if (/^[a-z]+:/.test(target)) return []
    const [file = '', heading] = target.split('#')
    const place = file === '' ? path : join(dirname(path), file)
    if (!existsSync(join(REPOSITORY, place))) return [`${path} links to ${target}, which is not there`]
    if (heading === undefined || !place.endsWith('.md')) return []
    return anchorsOf(place).includes(heading) ? [] : [`${path} links to ${target}, which has no such heading`]
  })
}

/** The anchors of a document's headings, as GitHub makes them. */
function anchorsOf(path: string): string[] {
  return [...readFileSync(join(REPOSITORY, path), 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(/\s/g, '-'),
  )
}

const ROOTS = 'supabase|src|tools|test|bench|docs|examples|console|\\.github|\\.ci|\\.devcontainer'

function missingPaths({ path, text }: Document): string[] {
  const named = [...text.matchAll(new RegExp(`\`((?:${ROOTS})/[^\`\\s]*)\``, 'g'))].map(([, name = '']) => name)
  return named
    .filter((name) => !/[<>*{}…|]/.test(name))
    .map((name) => name.replace(/[#:].*$/, '').replace(/[.,]$/, ''))
    .filter((name) => !existsSync(join(REPOSITORY, name)) && !isBuilt(name))
    .map((name) => `${path} names ${name}, which is not there`)
}

/** Whether a path is kept out of git, because a build or the Supabase CLI makes it. */
function isBuilt(name: string): boolean {
  // What is not there is a folder to git only by the slash at its end.
  return spawnSync('git', ['check-ignore', '--quiet', `${name}/`], { cwd: REPOSITORY }).status === 0
}

const migrations = projectFiles(/^supabase\/migrations\/.*\.sql$/)
  .map(textOf)
  .join('\n')
const objects = new Set(
  [...migrations.matchAll(/create (?:or replace )?[a-z ]*?((?:public|private|archive)\.[a-z_0-9]+)/g)].map(
    ([, name]) => name,
  ),
)

function missingObjects({ path, text }: Document): string[] {
  return [...text.matchAll(/`(?:select )?(?:\* from )?((?:public|private)\.[a-z_0-9]+)/g)].flatMap(([, name]) =>
    objects.has(name) ? [] : [`${path} names ${name}, which no migration creates`],
  )
}

function unknownCommands({ path, text }: Document): string[] {
  const complaints = [
    ...text.matchAll(/\bnpm (?:run (?:--[a-z-]+ )*)?([a-z][a-z0-9:-]*)((?: -- | )[^`\n]*)?/g),
  ].flatMap((match) => {
    const [whole, script = '', rest = ''] = match
    if (!whole.startsWith('npm run') && !['test', 'start'].includes(script)) return []
    if (scripts[script] === undefined) return [`npm run ${script}`]
    const [, words = ''] = /^ -- (.*)$/.exec(rest) ?? []
    if (script === 'db') return unknownToDb(words)
    if (script === 'test') return unknownParts(words)
    return []
  })
  return complaints.map((what) => `${path} names ${what}, which does not exist`)
}

function unknownParts(words: string): string[] {
  const [first = ''] = words.split(/[\s.,)]/)
  if (first === '' || /^[-<]/.test(first)) return []
  return PARTS.some(({ name }) => name === first) ? [] : [`npm test -- ${first}`]
}

const helps = new Map<string, string>()

function unknownToDb(words: string): string[] {
  const [command = '', ...others] = words.split(/\s+/)
  if (command === '' || /^[-<…]/.test(command)) return []
  if (!COMMANDS.some(({ name }) => name === command)) return [`npm run db -- ${command}`]
  const help = helps.get(command) ?? helpOf(command)
  helps.set(command, help)
  const options = others.filter((word) => /^--[a-z]/.test(word)).map((word) => word.replace(/[^a-z-].*$/, ''))
  return options.filter((option) => !help.includes(option)).map((option) => `npm run db -- ${command} ${option}`)
}

const helpOf = (command: string): string =>
  execFileSync(process.execPath, ['tools/db/main.ts', command, '--help'], { cwd: REPOSITORY, encoding: 'utf8' })
