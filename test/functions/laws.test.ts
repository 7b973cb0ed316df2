import { readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import ts from 'typescript'
import { describe, expect, test } from 'vitest'

const REPOSITORY = join(import.meta.dirname, '../..')
const ROOTS = ['supabase/functions', 'src', 'tools', 'bench']

type Law = {
  readonly parts: readonly string[]
  readonly packages: readonly (string | RegExp)[]
  /** Parts that are loaded only when they are needed, by an import at run time. */
  readonly loads?: readonly string[]
}

const WORKERS = ['webhook-dispatch', 'horizon-sync', 'payroll-disburse']
const BELOW_TOOLS = ['src', '_shared/contract', '_shared/stellar']
const TOOLS = [
  'tools/lib',
  'tools/stack',
  'tools/start',
  'tools/demo',
  'tools/docs',
  'tools/test',
  'tools/sandbox',
  'tools/db',
]
const ANY_PACKAGE = [/./]

/** What each part may import besides itself: parts of the house, and packages. A part that is not listed is not lawful. */
const LAWS: Readonly<Record<string, Law>> = {
  '_shared/contract': { parts: [], packages: [] },
  '_shared/stellar': { parts: ['_shared/contract'], packages: ['@stellar/stellar-sdk/base'] },
  '_shared/core': { parts: ['_shared/contract', '_shared/stellar'], packages: [] },
  '_shared/adapters': {
    parts: ['_shared/contract', '_shared/stellar', '_shared/core'],
    packages: ['@supabase/supabase-js', 'zod/mini'],
  },
  ...Object.fromEntries(WORKERS.map((name) => [name, { parts: ['_shared/core'], packages: [] }])),
  src: { parts: ['_shared/contract', '_shared/stellar'], packages: ['@supabase/supabase-js'] },
  // The judge does not ask the judged.
  'tools/sandbox': { parts: [], packages: [/^node:/, /^@stellar\/stellar-sdk(\/|$)/] },
  // What the tools share; it knows none of them.
  'tools/lib': { parts: [], packages: ANY_PACKAGE },
  // Works on any server, so it knows no stack; only a proof that needs a server of its own loads what starts one.
  'tools/db': { parts: [...BELOW_TOOLS, 'tools/lib'], packages: ANY_PACKAGE, loads: ['tools/stack'] },
  // The stack knows the sandbox that it starts; the demo stands on the stack, and `npm start` on both.
  'tools/stack': { parts: [...BELOW_TOOLS, 'tools/lib', 'tools/sandbox'], packages: ANY_PACKAGE },
  'tools/demo': { parts: [...BELOW_TOOLS, 'tools/lib', 'tools/stack'], packages: ANY_PACKAGE },
  'tools/start': { parts: ['tools/lib', 'tools/stack', 'tools/demo'], packages: ANY_PACKAGE },
  'tools/docs': { parts: [...BELOW_TOOLS, 'tools/lib', 'tools/stack', 'tools/db'], packages: ANY_PACKAGE },
  'tools/test': { parts: [...BELOW_TOOLS, 'tools/lib', 'tools/stack'], packages: ANY_PACKAGE },
  // It measures what the tests plant.
  bench: { parts: [...BELOW_TOOLS, ...TOOLS, 'test'], packages: ANY_PACKAGE },
}

/** Names that tie code to one runtime or make it depend on the moment it runs. */
const RUNTIME = [
  'Deno',
  'process',
  'Bun',
  'console',
  'fetch',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'performance',
  'navigator',
  'localStorage',
  'globalThis',
  'EdgeRuntime',
  'Buffer',
  'require',
]

const files = ROOTS.flatMap(sourceFiles)
const functions = files.filter(({ path }) => path.startsWith('supabase/functions/'))

describe('the laws of the house', () => {
  test('there is something to check, and every part has its law', () => {
    expect(functions.length).toBeGreaterThan(40)
    expect(files.length).toBeGreaterThan(150)
    expect([...new Set(files.map(({ part }) => part))].sort()).toEqual(Object.keys(LAWS).sort())
  })

  test('each part imports only what its law allows', () => {
    const unlawful = files.flatMap((file) =>
      file.imports
        .filter((imported) => !mayImport(file, imported))
        .map(({ specifier }) => `${file.path} may not import ${specifier}`),
    )
    expect(unlawful).toEqual([])
  })

  test('contract, stellar, core and the handlers name no runtime, no clock and no chance', () => {
    for (const file of functions.filter(({ part, name }) => part !== '_shared/adapters' && name !== 'index.ts')) {
      for (const name of globalsOf(file.source)) expect(`${file.path} uses ${name}`).toBe('nothing of the runtime')
    }
  })

  test('an index.ts is wiring only', () => {
    const indexes = functions.filter(({ name }) => name === 'index.ts')
    expect(indexes).toHaveLength(3)
    for (const { path, source } of indexes) expect(source.text.split('\n').length, path).toBeLessThanOrEqual(30)
  })

  test('no file of a function has more than 250 lines', () => {
    for (const { path, source } of functions) expect(source.text.split('\n').length, path).toBeLessThanOrEqual(251)
  })

  test('nothing imports in a circle', () => {
    expect(circlesOf(files, ({ isType }) => !isType)).toEqual([])
  })

  test('what ships, and the judge, have no circle of types either', () => {
    expect(circlesOf(files.filter(({ part }) => !/^(tools\/(?!sandbox)|bench)/.test(part)))).toEqual([])
  })
})

describe('the checker of the laws', () => {
  test.each([
    ['src/index.ts', '../supabase/functions/_shared/contract/amount.ts', true],
    ['src/index.ts', '../supabase/functions/_shared/stellar/build.ts', true],
    ['src/index.ts', '@supabase/supabase-js', true],
    ['src/index.ts', 'node:fs', false],
    ['src/index.ts', '../supabase/functions/_shared/core/ports.ts', false],
    ['src/index.ts', '../tools/demo/run.ts', false],
    ['tools/sandbox/core/chain.ts', 'node:crypto', true],
    ['tools/sandbox/core/chain.ts', '@stellar/stellar-sdk/base', true],
    ['tools/sandbox/core/chain.ts', 'postgres', false],
    ['tools/sandbox/core/chain.ts', '../../../supabase/functions/_shared/contract/amount.ts', false],
    ['tools/sandbox/core/chain.ts', '../../stack/keys.ts', false],
    ['tools/db/lib/database.ts', 'postgres', true],
    ['tools/db/lib/database.ts', '../../lib/sql.ts', true],
    ['tools/db/lib/database.ts', '../../stack/cluster.ts', false],
    ['tools/lib/sql.ts', '../stack/cluster.ts', false],
    ['tools/stack/stack.ts', '../demo/run.ts', false],
    ['tools/start/main.ts', '../demo/run.ts', true],
    ['tools/demo/run.ts', '../start/main.ts', false],
    ['tools/db/lib/database.ts', '../../demo/run.ts', false],
    ['tools/db/lib/database.ts', '../../sandbox/index.ts', false],
    ['tools/stack/stack.ts', '../sandbox/index.ts', true],
    ['tools/stack/stack.ts', '../../test/setup/cluster.ts', false],
    ['tools/stack/stack.ts', '../../supabase/functions/_shared/core/disburse.ts', false],
    ['supabase/functions/_shared/contract/amount.ts', 'zod/mini', false],
    ['supabase/functions/_shared/core/track.ts', '../adapters/json-log.ts', false],
    ['supabase/functions/horizon-sync/index.ts', '../_shared/adapters/sync-wiring.ts', true],
    ['supabase/functions/horizon-sync/handler.ts', '../_shared/adapters/sync-wiring.ts', false],
    ['supabase/functions/horizon-sync/handler.ts', '../payroll-disburse/handler.ts', false],
  ])('%s imports %s: %s', (path, specifier, isLawful) => {
    const [imported] = sourceFile(path, `import type {} from '${specifier}'`).imports
    expect(imported && mayImport(sourceFile(path, ''), imported)).toBe(isLawful)
  })

  test('loading at run time is told from importing', () => {
    const load = sourceFile('tools/db/lib/scratch.ts', `await import('../../stack/cluster.ts')`)
    expect(load.imports.map((imported) => mayImport(load, imported))).toEqual([true])
  })

  test('finds circles, also those of types and re-exports', () => {
    const circle = [
      sourceFile('src/a.ts', `export * from './b.ts'`),
      sourceFile('src/b.ts', `import type { C } from './c.ts'`),
      sourceFile('src/c.ts', `const a: import('./a.ts').A = 1`),
    ]
    expect(circlesOf(circle)).toEqual(['src/a.ts → src/b.ts → src/c.ts → src/a.ts'])
    expect(circlesOf(circle.slice(1))).toEqual([])
    expect(circlesOf(circle, ({ isType }) => !isType)).toEqual([])
  })

  test.each([
    ['const now = Date.now()', ['Date.now']],
    ['const at = new Date()', ['new Date()']],
    ['const at = new Date(0)', []],
    ['const chance = Math.random()', ['Math.random']],
    ['await fetch("x")', ['fetch']],
    ['const { fetch } = ports; fetch("x")', []],
    ['ports.fetch("x")', []],
    ['Deno.env.get("x")', ['Deno']],
    ['crypto.getRandomValues(x)', ['crypto.getRandomValues']],
    ['crypto.subtle.digest("SHA-256", x)', []],
  ])('%s', (text, names) => {
    expect(globalsOf(ts.createSourceFile('x.ts', text, ts.ScriptTarget.Latest, true))).toEqual(names)
  })
})

/** Every circle of imports, as the files along it. */
function circlesOf(all: readonly SourceFile[], counts: (imported: Import) => boolean = () => true): readonly string[] {
  const next = new Map(
    all.map((file) => [file.path, file.imports.filter(counts).flatMap(({ path }) => (path === null ? [] : [path]))]),
  )
  const circles: string[] = []
  const done = new Set<string>()
  const visit = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path)
    if (start >= 0) circles.push([...trail.slice(start), path].join(' → '))
    if (start >= 0 || done.has(path)) return
    for (const target of next.get(path) ?? []) visit(target, [...trail, path])
    done.add(path)
  }
  for (const path of next.keys()) visit(path, [])
  return circles
}

type Import = {
  readonly specifier: string
  readonly part: string | null
  readonly path: string | null
  readonly isAtRunTime: boolean
  /** Whether nothing of it is left when the code runs. */
  readonly isType: boolean
}

type SourceFile = {
  readonly path: string
  readonly name: string
  readonly part: string
  readonly source: ts.SourceFile
  readonly imports: readonly Import[]
}

type Specifier = Pick<Import, 'specifier' | 'isAtRunTime' | 'isType'>

function mayImport({ part, name }: SourceFile, imported: Import): boolean {
  const law = LAWS[part]
  if (law === undefined) return false
  if (imported.part === null) return law.packages.some((allowed) => matches(allowed, imported.specifier))
  // Only wiring knows the runtime.
  const isWiring = WORKERS.includes(part) && name === 'index.ts' && imported.part === '_shared/adapters'
  const isLoaded = imported.isAtRunTime && (law.loads ?? []).includes(imported.part)
  return imported.part === part || law.parts.includes(imported.part) || isWiring || isLoaded
}

function matches(allowed: string | RegExp, specifier: string): boolean {
  return typeof allowed === 'string' ? allowed === specifier : allowed.test(specifier)
}

function sourceFiles(root: string): readonly SourceFile[] {
  return readdirSync(join(REPOSITORY, root), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => sourceFile(join(root, path), readFileSync(join(REPOSITORY, root, path), 'utf8')))
}

function sourceFile(path: string, text: string): SourceFile {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
  const imports = specifiersOf(source).map((found): Import => {
    if (!found.specifier.startsWith('.')) return { ...found, part: null, path: null }
    const target = join(dirname(path), found.specifier)
    return { ...found, part: partOf(target), path: target }
  })
  return { path, name: basename(path), part: partOf(path), source, imports }
}

/** The part of the house a file belongs to: a folder of the functions or of the tools, or a whole root. */
function partOf(path: string): string {
  const [root = '', second = ''] = path.split('/')
  if (path.startsWith('supabase/functions/')) return dirname(path).slice('supabase/functions/'.length)
  return root === 'tools' ? `tools/${second}` : root
}

/** Everything a file imports: also types, re-exports and imports at run time. */
function specifiersOf(source: ts.SourceFile): readonly Specifier[] {
  const found: Specifier[] = []
  const add = (node: ts.Node | undefined, kind: { isAtRunTime?: boolean; isType?: boolean }): void => {
    if (!node) return
    found.push({ specifier: node.getText(source).replaceAll(/['"]/g, ''), isAtRunTime: false, isType: false, ...kind })
  }
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) {
      add(node.moduleSpecifier, { isType: node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword })
    }
    if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, { isType: node.isTypeOnly })
    if (ts.isImportTypeNode(node)) add(node.argument, { isType: true })
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      add(node.arguments[0], { isAtRunTime: true })
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

/** Uses of runtime names that the file does not declare itself, and of the clock and chance. */
function globalsOf(source: ts.SourceFile): readonly string[] {
  const declared = new Set<string>()
  const used: string[] = []
  const visit = (node: ts.Node): void => {
    if (
      (ts.isVariableDeclaration(node) ||
        ts.isParameter(node) ||
        ts.isBindingElement(node) ||
        ts.isFunctionDeclaration(node)) &&
      node.name &&
      ts.isIdentifier(node.name)
    ) {
      declared.add(node.name.text)
    }
    if (
      ts.isPropertyAccessExpression(node) &&
      /^(Date\.now|Math\.random|crypto\.getRandomValues|crypto\.randomUUID)$/.test(node.getText(source))
    ) {
      used.push(node.getText(source))
    }
    if (ts.isNewExpression(node) && node.expression.getText(source) === 'Date' && (node.arguments?.length ?? 0) === 0)
      used.push('new Date()')
    if (ts.isIdentifier(node) && RUNTIME.includes(node.text) && isReference(node)) used.push(node.text)
    ts.forEachChild(node, visit)
  }
  visit(source)
  return used.filter((name) => !declared.has(name))
}

function isReference(node: ts.Identifier): boolean {
  const { parent } = node
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node
  if (ts.isTypeReferenceNode(parent) || ts.isQualifiedName(parent)) return false
  return !(
    (ts.isPropertySignature(parent) ||
      ts.isPropertyAssignment(parent) ||
      ts.isMethodSignature(parent) ||
      ts.isParameter(parent) ||
      ts.isBindingElement(parent) ||
      ts.isVariableDeclaration(parent) ||
      ts.isFunctionDeclaration(parent)) &&
    parent.name === node
  )
}
