import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import ts from 'typescript'
import { describe, expect, test } from 'vitest'

const REPOSITORY = join(import.meta.dirname, '../..')
const ROOTS = ['supabase/functions', 'src', 'console', 'examples', 'tools', 'bench']

type Law = {
  readonly parts: readonly string[]
  readonly packages: readonly (string | RegExp)[]
  /** Parts that are loaded only when they are needed, by an import at run time. */
  readonly loads?: readonly string[]
}

const WORKERS = ['webhook-dispatch', 'horizon-sync', 'payroll-disburse']
const SHARED = ['_shared/contract', '_shared/stellar', '_shared/worker']
const BELOW_TOOLS = ['src', '_shared/contract', '_shared/stellar']
const TOOLS = ['lib', 'stack', 'sandbox', 'db', 'demo', 'docs', 'package', 'payd', 'start', 'test'].map(
  (name) => `tools/${name}`,
)
const ANY_PACKAGE = [/./]
const SDK_PACKAGES = ['@supabase/supabase-js', 'zod/mini', /^@tanstack\/query-core$/, '@stellar/stellar-sdk/base']

/** What each part may import besides itself: parts of the house, and packages. A part that is not listed is not lawful. */
const LAWS: Readonly<Record<string, Law>> = {
  '_shared/contract': { parts: [], packages: [] },
  '_shared/stellar': { parts: ['_shared/contract'], packages: ['@stellar/stellar-sdk/base', 'zod/mini'] },
  '_shared/worker': { parts: ['_shared/contract', '_shared/stellar'], packages: ['zod/mini'] },
  // A worker stands on what is shared and meets the others in the database only.
  ...Object.fromEntries(
    WORKERS.map((name) => [name, { parts: SHARED, packages: ['@stellar/stellar-sdk/base', 'zod/mini'] }]),
  ),
  src: { parts: ['_shared/contract', '_shared/stellar'], packages: SDK_PACKAGES },
  console: { parts: [], packages: ANY_PACKAGE },
  examples: { parts: [], packages: ANY_PACKAGE },
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
  'tools/package': { parts: [], packages: ANY_PACKAGE },
  // The program of the package; the lists of names in the first migration are worked out as the migration tools read SQL.
  'tools/payd': { parts: ['_shared/contract', 'tools/db', 'tools/lib'], packages: ANY_PACKAGE },
  'tools/test': { parts: [...BELOW_TOOLS, 'tools/lib', 'tools/stack'], packages: ANY_PACKAGE },
  // It measures what the tests plant, and the dialler of webhooks and the reader of the ledger alone.
  bench: {
    parts: [...BELOW_TOOLS, ...TOOLS, 'test', '_shared/worker', 'webhook-dispatch', 'horizon-sync'],
    packages: ANY_PACKAGE,
  },
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
    expect([...new Set(files.map(({ part }) => part))].filter((part) => LAWS[part] === undefined)).toEqual([])
    for (const part of [...SHARED, ...WORKERS])
      expect(readdirSync(join(REPOSITORY, 'supabase/functions', part))).not.toEqual([])
  })

  test('each part imports only what its law allows', () => {
    const unlawful = files.flatMap((file) =>
      file.imports
        .filter((imported) => !mayImport(file, imported))
        .map(({ specifier }) => `${file.path} may not import ${specifier}`),
    )
    expect(unlawful).toEqual([])
  })

  test('only an index.ts names Deno, and only the platform and the log of the workers name what every runtime has', () => {
    for (const { path, name, part, source } of functions) {
      const isPlatform = part === '_shared/worker' && ['platform.ts', 'log.ts'].includes(name)
      for (const used of globalsOf(source)) {
        const isAllowed = used === 'Deno' ? WORKERS.includes(part) && name === 'index.ts' : isPlatform
        expect(isAllowed ? 'nothing of the runtime' : `${path} uses ${used}`).toBe('nothing of the runtime')
      }
    }
  })

  test('each worker is one index.ts that imports its wiring and is read at one look', () => {
    const indexes = functions.filter(({ name }) => name === 'index.ts')
    expect(indexes.map(({ part }) => part).toSorted()).toEqual([...WORKERS].toSorted())
    for (const { path, source } of indexes) expect(source.text.split('\n').length, path).toBeLessThanOrEqual(75)
  })

  test('no file of a function has more than 250 lines', () => {
    for (const { path, source } of functions) expect(source.text.split('\n').length, path).toBeLessThanOrEqual(251)
  })

  test('nothing imports in a circle', () => {
    expect(circlesOf(files, ({ isType }) => !isType)).toEqual([])
  })

  test('what ships, and the judge, have no circle of types either, and what ships none of folders', () => {
    const shipped = files.filter(({ part }) => !/^(tools|bench|console|examples)/.test(part))
    const judge = files.filter(({ part }) => part === 'tools/sandbox')
    expect(circlesOf([...shipped, ...judge])).toEqual([])
    expect(circlesOf(foldersOf(shipped))).toEqual([])
  })
})

describe('the checker of the laws', () => {
  test.each([
    ['src/index.ts', '../supabase/functions/_shared/contract/amount.ts', true],
    ['src/index.ts', '../supabase/functions/_shared/stellar/describe.ts', true],
    ['src/index.ts', '@supabase/supabase-js', true],
    ['src/index.ts', 'node:fs', false],
    ['src/index.ts', '../supabase/functions/_shared/worker/ports.ts', false],
    ['src/index.ts', '../supabase/functions/payroll-disburse/sign.ts', false],
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
    ['tools/stack/stack.ts', '../../supabase/functions/payroll-disburse/disburse.ts', false],
    ['supabase/functions/_shared/contract/amount.ts', 'zod/mini', false],
    ['supabase/functions/_shared/stellar/track.ts', '../worker/ports.ts', false],
    ['supabase/functions/_shared/stellar/track.ts', 'zod/mini', true],
    ['supabase/functions/_shared/worker/rpc.ts', '@supabase/supabase-js', false],
    ['supabase/functions/_shared/worker/rpc.ts', '../../payroll-disburse/database.ts', false],
    ['supabase/functions/horizon-sync/index.ts', '@supabase/supabase-js', true],
    ['supabase/functions/horizon-sync/wallets.ts', '@supabase/supabase-js', false],
    ['supabase/functions/horizon-sync/wallets.ts', '../_shared/worker/ports.ts', true],
    ['supabase/functions/horizon-sync/wallets.ts', '../payroll-disburse/database.ts', false],
    ['console/main.ts', 'payd', true],
    ['console/src/app/live.ts', 'payd/realtime', true],
    ['console/src/app/live.ts', './context.tsx', true],
    ['console/main.ts', '../src/index.ts', false],
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

  test('finds circles of folders whose files form none', () => {
    const files = [
      sourceFile('src/one/a.ts', `import '../two/b.ts'`),
      sourceFile('src/two/b.ts', ''),
      sourceFile('src/two/c.ts', `import type { D } from '../one/d.ts'`),
      sourceFile('src/one/d.ts', ''),
    ]
    expect(circlesOf(files)).toEqual([])
    expect(circlesOf(foldersOf(files))).toEqual(['src/one → src/two → src/one'])
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

/** The folders of files, each with the imports that leave it for another folder. */
function foldersOf(all: readonly SourceFile[]): readonly Pick<SourceFile, 'path' | 'imports'>[] {
  const folders = new Map<string, SourceFile[]>()
  for (const file of all) folders.set(dirname(file.path), [...(folders.get(dirname(file.path)) ?? []), file])
  return [...folders].map(([path, files]) => ({
    path,
    imports: files.flatMap(({ imports }) =>
      imports.flatMap((imported) => {
        const folder = imported.path === null ? path : dirname(imported.path)
        // A folder inside a folder is a part of it.
        return folder === path || folder.startsWith(`${path}/`) || path.startsWith(`${folder}/`)
          ? []
          : [{ ...imported, path: folder }]
      }),
    ),
  }))
}

/** Every circle of imports, as the files along it. */
function circlesOf(
  all: readonly Pick<SourceFile, 'path' | 'imports'>[],
  counts: (imported: Import) => boolean = () => true,
): readonly string[] {
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
  if (imported.part === null) {
    // Only the wiring of a worker knows Supabase.
    const isWiring = WORKERS.includes(part) && name === 'index.ts' && imported.specifier === '@supabase/supabase-js'
    return isWiring || law.packages.some((allowed) => matches(allowed, imported.specifier))
  }
  const isLoaded = imported.isAtRunTime && (law.loads ?? []).includes(imported.part)
  return imported.part === part || law.parts.includes(imported.part) || isLoaded
}

function matches(allowed: string | RegExp, specifier: string): boolean {
  return typeof allowed === 'string' ? allowed === specifier : allowed.test(specifier)
}

function sourceFiles(root: string): readonly SourceFile[] {
  if (!existsSync(join(REPOSITORY, root))) return []
  return readdirSync(join(REPOSITORY, root), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.tsx?$/.test(path) && !path.includes('node_modules'))
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
