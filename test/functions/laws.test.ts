import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import ts from 'typescript'
import { describe, expect, test } from 'vitest'

const FUNCTIONS = join(import.meta.dirname, '../../supabase/functions')

/** What each part may import: parts of the house, and packages. */
const ALLOWED: Readonly<Record<string, { readonly parts: readonly string[]; readonly packages: readonly string[] }>> = {
  '_shared/contract': { parts: [], packages: [] },
  '_shared/stellar': { parts: ['_shared/contract'], packages: ['@stellar/stellar-sdk/base'] },
  '_shared/core': { parts: ['_shared/contract', '_shared/stellar'], packages: [] },
  '_shared/adapters': {
    parts: ['_shared/contract', '_shared/stellar', '_shared/core'],
    packages: ['@supabase/supabase-js', 'zod/mini'],
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

const files = sourceFiles(FUNCTIONS)

describe('the laws of the house', () => {
  test('there is something to check', () => {
    expect(files.length).toBeGreaterThan(40)
    expect(new Set(files.map(({ part }) => part))).toEqual(
      new Set([...Object.keys(ALLOWED), 'webhook-dispatch', 'horizon-sync', 'payroll-disburse']),
    )
  })

  test('contract imports nothing, stellar only the SDK, core neither runtime nor packages', () => {
    for (const file of files) {
      const law = ALLOWED[file.part]
      if (law === undefined) continue
      for (const imported of file.imports) {
        const isFine =
          imported.part === null
            ? law.packages.includes(imported.specifier)
            : imported.part === file.part || law.parts.includes(imported.part)
        expect(isFine, `${file.path} may not import ${imported.specifier}`).toBe(true)
      }
    }
  })

  test('only an index.ts imports adapters, and functions never import each other', () => {
    for (const file of files.filter(({ part }) => !part.startsWith('_shared'))) {
      for (const imported of file.imports) {
        const isOwn = imported.part === file.part || imported.part === '_shared/core'
        const isWiring = imported.part === '_shared/adapters' && file.name === 'index.ts'
        expect(isOwn || isWiring, `${file.path} may not import ${imported.specifier}`).toBe(true)
      }
    }
  })

  test('contract, stellar, core and the handlers name no runtime, no clock and no chance', () => {
    for (const file of files.filter(({ part, name }) => part !== '_shared/adapters' && name !== 'index.ts')) {
      for (const name of globalsOf(file.source)) expect(`${file.path} uses ${name}`).toBe('nothing of the runtime')
    }
  })

  test('an index.ts is wiring only', () => {
    const indexes = files.filter(({ name }) => name === 'index.ts')
    expect(indexes).toHaveLength(3)
    for (const { path, source } of indexes) expect(source.text.split('\n').length, path).toBeLessThanOrEqual(30)
  })

  test('no file has more than 250 lines', () => {
    for (const { path, source } of files) expect(source.text.split('\n').length, path).toBeLessThanOrEqual(251)
  })

  test('nothing imports in a circle', () => {
    const next = new Map(
      files.map((file) => [file.path, file.imports.flatMap(({ path }) => (path === null ? [] : [path]))]),
    )
    const done = new Set<string>()
    const visit = (path: string, trail: readonly string[]): void => {
      expect(trail.includes(path), [...trail, path].join(' → ')).toBe(false)
      if (done.has(path)) return
      for (const target of next.get(path) ?? []) visit(target, [...trail, path])
      done.add(path)
    }
    for (const path of next.keys()) visit(path, [])
  })
})

describe('the checker of the laws', () => {
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

type SourceFile = {
  readonly path: string
  readonly name: string
  readonly part: string
  readonly source: ts.SourceFile
  readonly imports: readonly {
    readonly specifier: string
    readonly part: string | null
    readonly path: string | null
  }[]
}

function sourceFiles(root: string): readonly SourceFile[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => {
      const source = ts.createSourceFile(path, readFileSync(join(root, path), 'utf8'), ts.ScriptTarget.Latest, true)
      const imports = specifiersOf(source).map((specifier) => {
        if (!specifier.startsWith('.')) return { specifier, part: null, path: null }
        const target = relative(root, join(root, dirname(path), specifier))
        return { specifier, part: dirname(target), path: target }
      })
      return { path, name: path.split('/').at(-1) ?? '', part: dirname(path), source, imports }
    })
}

/** Everything a file imports: also types, re-exports and imports at run time. */
function specifiersOf(source: ts.SourceFile): readonly string[] {
  const specifiers: string[] = []
  const visit = (node: ts.Node): void => {
    if (
      (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) &&
      node.moduleSpecifier &&
      ts.isStringLiteral(node.moduleSpecifier)
    ) {
      specifiers.push(node.moduleSpecifier.text)
    }
    if (ts.isImportTypeNode(node)) specifiers.push(node.argument.getText(source).replaceAll(/['"]/g, ''))
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      specifiers.push(node.arguments[0]?.getText(source).replaceAll(/['"]/g, '') ?? '')
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return specifiers
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
