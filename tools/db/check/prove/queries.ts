import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Project, shownPath } from '../../lib/project.ts'

/** A query that the application sends, as SQL with parameters. */
export type ApplicationQuery = {
  /** Where it was found, as `src/employees.ts:40`. */
  readonly source: string
  readonly role: 'authenticated' | 'service_role'
  readonly sql: string
}

/**
 * Queries of the application as far as they stand in its text: the columns the SDK reads from a table, and the functions
 * that the SDK and the edge functions call, with the names of their arguments. What is put together at run time (filters,
 * orders, spread arguments) is not seen. `told` are further queries from supabase/proof.json.
 */
export function collectQueries(project: Project, told: readonly string[]): ApplicationQuery[] {
  const folders = [
    { folder: join(project.root, 'src'), role: 'authenticated' as const },
    { folder: join(project.root, 'supabase', 'functions'), role: 'service_role' as const },
  ]
  const found = folders.flatMap(({ folder, role }) => {
    const files = sourceFiles(folder).map((path) => ({
      path: shownPath(project, path),
      text: readFileSync(path, 'utf8'),
    }))
    const lists = columnLists(files.map((file) => file.text))
    // Each file may call its own list COLUMNS.
    return files.flatMap((file) => queriesIn(file, role, new Map([...lists, ...columnLists([file.text])])))
  })
  const own = told.map((sql) => ({ source: 'supabase/proof.json', role: 'authenticated' as const, sql }))
  const distinct = new Map([...found, ...own].map((query) => [`${query.role} ${query.sql}`, query]))
  return [...distinct.values()]
}

type SourceFile = { readonly path: string; readonly text: string }
type ColumnLists = ReadonlyMap<string, readonly string[]>

function sourceFiles(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !/\.(test|types|d)\.ts$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
}

/** Constants that hold columns: `X_COLUMNS = columns<Row>({ id: 1, … })`, or a string of names separated by commas. */
function columnLists(texts: readonly string[]): ColumnLists {
  const lists = new Map<string, readonly string[]>()
  for (const text of texts) {
    for (const [, name, body] of text.matchAll(/\b([A-Z_]*COLUMNS)\b[^=\n]*=\s*columns<[^>]*>\(\{([^}]*)\}/g)) {
      lists.set(
        name ?? '',
        [...(body ?? '').matchAll(/(\w+)\s*:/g)].map((match) => match[1] ?? ''),
      )
    }
    for (const [, name, body] of text.matchAll(/\b([A-Z_]*COLUMNS)\b[^=\n]*=\s*['"`]([\w\s,]+)['"`]/g)) {
      lists.set(
        name ?? '',
        (body ?? '')
          .split(',')
          .map((column) => column.trim())
          .filter(Boolean),
      )
    }
  }
  return lists
}

const SELECTS = [
  // readFrom(client, 'table', COLUMNS) and client.from('table').select('a, b')
  /readFrom\([^,()]+,\s*'(?<table>\w+)',\s*(?<columns>[A-Z_]*COLUMNS|'[^']*'|`[^`]*`)/g,
  /\.from\(\s*'(?<table>\w+)'\s*\)\s*\.select\(\s*(?<columns>[A-Z_]*COLUMNS|'[^']*'|`[^`]*`)/g,
  // { table: 'table', columns: COLUMNS }
  /table:\s*'(?<table>\w+)',\s*columns:\s*(?<columns>[A-Z_]*COLUMNS|'[^']*'|`[^`]*`)/g,
]

const CALLS = [
  // call(client, 'name', { … }), with one level of calls among the values
  /\bcall\(\s*\w+,\s*'(?<name>[a-z_0-9]+)'\s*(?:,\s*(?:\{(?<args>[^{}]*)\}|\w+))?/g,
  /\brpc\(\s*'(?<name>[a-z_0-9]+)'\s*(?:,\s*\{(?<args>[^{}]*)\})?/g,
  /\bname:\s*'(?<name>[a-z_0-9]+)',\s*args:\s*\{(?<args>[^{}]*)\}/g,
]

function queriesIn(file: SourceFile, role: ApplicationQuery['role'], lists: ColumnLists): ApplicationQuery[] {
  const at = (offset: number): string => `${file.path}:${file.text.slice(0, offset).split('\n').length}`
  const selects = SELECTS.flatMap((pattern) =>
    [...file.text.matchAll(pattern)].flatMap((match) =>
      tableQueries(match.groups?.table ?? '', match.groups?.columns ?? '', lists).map((sql) => ({
        source: at(match.index),
        role,
        sql,
      })),
    ),
  )
  const calls = CALLS.flatMap((pattern) =>
    [...file.text.matchAll(pattern)].map((match) => ({
      source: at(match.index),
      role,
      sql: callQuery(match.groups?.name ?? '', match.groups?.args),
    })),
  )
  return [...selects, ...calls]
}

// `a,b,operations:transaction_operations(c,d)` reads two tables.
function tableQueries(table: string, written: string, lists: ColumnLists): string[] {
  const text = written
    .replace(/^['"`]|['"`]$/g, '')
    .replace(/\$?\{?\b([A-Z_]*COLUMNS)\b\}?/g, (_all, name: string) => (lists.get(name) ?? []).join(','))
  const embedded = [...text.matchAll(/(?:\w+:)?(\w+)(?:!\w+)?\(([\w\s,]*)\)/g)]
  const own = embedded.reduce((rest, match) => rest.replace(match[0], ''), text)
  const columns = own
    .split(',')
    .map((column) => column.trim())
    .filter((column) => /^\w+$/.test(column))
  const select = (relation: string, names: readonly string[]): string[] =>
    names.length === 0 ? [] : [`select ${names.join(', ')} from public.${relation}`]
  return [
    ...select(table, columns),
    ...embedded.flatMap((match) =>
      select(
        match[1] ?? '',
        (match[2] ?? '')
          .split(',')
          .map((column) => column.trim())
          .filter(Boolean),
      ),
    ),
  ]
}

// With a spread the names of the arguments are not known, so only the function's existence is asked for.
function callQuery(name: string, args: string | undefined): string {
  if (args === undefined || args.includes('...')) return `select 'public.${name}'::regproc`
  // A value may be a call with arguments of its own.
  const names = args
    .replaceAll(/\([^()]*\)/g, '')
    .split(',')
    .flatMap((part) => /^\s*(\w+)\s*(?::|$)/.exec(part)?.[1] ?? [])
  return `select * from public.${name}(${names.map((argument, index) => `${argument} => $${index + 1}`).join(', ')})`
}
