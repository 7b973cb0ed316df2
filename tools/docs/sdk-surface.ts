import { readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import ts from 'typescript'

/** The import paths of the package, and the file that each begins with. */
export const ENTRIES = {
  payd: 'src/index.ts',
  'payd/query': 'src/query/index.ts',
  'payd/realtime': 'src/realtime/index.ts',
  'payd/schemas': 'src/schemas.ts',
  'payd/stellar': 'src/stellar/index.ts',
  'payd/webhooks': 'src/webhooks/index.ts',
} as const

/** One thing that an import path exports. */
export interface Exported {
  readonly name: string
  /** The file and the name under which it is declared. */
  readonly file: string
  readonly declaredAs: string
  readonly declaration: ts.Declaration
  readonly doc: string
}

/** Reads the source as the compiler does, without checking it. */
export function readSource(root: string): {
  readonly program: ts.Program
  readonly exportsOf: (file: string) => Exported[]
} {
  const program = ts.createProgram(
    Object.values(ENTRIES).map((file) => join(root, file)),
    {
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
      target: ts.ScriptTarget.ES2023,
      allowImportingTsExtensions: true,
      noEmit: true,
      strict: true,
      types: [],
      skipLibCheck: true,
    },
  )
  const checker = program.getTypeChecker()
  const exportsOf = (file: string): Exported[] => {
    const source = program.getSourceFile(join(root, file))
    const symbol = source && checker.getSymbolAtLocation(source)
    if (symbol === undefined) throw new Error(`${file} exports nothing.`)
    return checker
      .getExportsOfModule(symbol)
      .map((exported) => {
        const target = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported
        const declaration = target.declarations?.[0]
        if (declaration === undefined) throw new Error(`${exported.name} of ${file} is declared nowhere.`)
        const declaredIn = relative(root, declaration.getSourceFile().fileName)
        return { name: exported.name, file: declaredIn, declaredAs: target.name, declaration, doc: docOf(declaration) }
      })
      .sort((a, b) => (a.name < b.name ? -1 : 1))
  }
  return { program, exportsOf }
}

/** The comment of a declaration without its stars. */
export function docOf(node: ts.Node): string {
  const owner = ts.isVariableDeclaration(node) ? node.parent.parent : node
  const text = owner.getSourceFile().text
  const comment = ts
    .getLeadingCommentRanges(text, owner.pos)
    ?.map(({ pos, end }) => text.slice(pos, end))
    .findLast((range) => range.startsWith('/**'))
  return (comment ?? '')
    .replace(/^\/\*\*|\*\/$/g, '')
    .replace(/^[ \t]*\* ?/gm, '')
    .trim()
}

/** A group of `createPayd`, such as `payrollRuns`, and the functions that it binds. */
export interface Area {
  readonly name: string
  readonly doc: string
  readonly calls: readonly Call[]
}

/** One function of a group. */
export interface Call {
  readonly name: string
  readonly doc: string
  /** As it is called: its arguments without the client, and what it returns. */
  readonly signature: string
  /** The texts in it and in the functions of its file that it uses: among them the database functions and relations. */
  readonly texts: ReadonlySet<string>
  readonly file: string
}

/** The groups of `createPayd` in their order, from the interface `Payd`. */
export function readAreas(root: string, program: ts.Program): Area[] {
  const path = join(root, 'src/create-payd.ts')
  const source = program.getSourceFile(path)
  if (source === undefined) throw new Error(`${path} is not part of the package.`)
  const files = new Map<string, string>()
  const areas: Area[] = []
  for (const statement of source.statements) {
    if (ts.isImportDeclaration(statement)) {
      const bindings = statement.importClause?.namedBindings
      if (bindings !== undefined && ts.isNamespaceImport(bindings)) {
        const specifier = (statement.moduleSpecifier as ts.StringLiteral).text
        files.set(bindings.name.text, join(dirname(path), specifier))
      }
    }
    if (!ts.isInterfaceDeclaration(statement) || statement.name.text !== 'Payd') continue
    for (const member of statement.members) {
      const modules = [...member.getText().matchAll(/typeof (\w+)/g)].map(([, name = '']) => files.get(name) ?? '')
      if (modules.length === 0) continue
      const calls = modules.flatMap((file) => readCalls(root, program, file))
      areas.push({ name: member.name?.getText() ?? '', doc: docOf(member), calls })
    }
  }
  return areas
}

function readCalls(root: string, program: ts.Program, file: string): Call[] {
  const source = program.getSourceFile(file)
  if (source === undefined) throw new Error('A module of createPayd is not part of the package.')
  const functions = source.statements.filter(ts.isFunctionDeclaration)
  const byName = new Map(functions.map((declared) => [declared.name?.text ?? '', declared]))
  return functions
    .filter(({ modifiers }) => modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword))
    .map((declared) => ({
      name: declared.name?.text ?? '',
      doc: docOf(declared),
      signature: `(${declared.parameters
        .slice(1)
        .map(argumentOf)
        .join(', ')}): ${declared.type?.getText() ?? 'void'}`.replace(/\s+/g, ' '),
      texts: textsIn(declared, byName, program),
      file: relative(root, source.fileName),
    }))
}

function argumentOf({ name, initializer, questionToken, type }: ts.ParameterDeclaration): string {
  const optional = initializer !== undefined || questionToken !== undefined ? '?' : ''
  // An argument without a type has a number as its default.
  return `${name.getText()}${optional}: ${type?.getText() ?? 'number'}`
}

function textsIn(
  declared: ts.FunctionDeclaration,
  functions: ReadonlyMap<string, ts.FunctionDeclaration>,
  program: ts.Program,
): Set<string> {
  const texts = new Set<string>()
  const seen = new Set<ts.Node>()
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteral(node)) texts.add(node.text)
    const used = ts.isIdentifier(node) ? functions.get(node.text) : loadedBy(node, program)
    if (used !== undefined && !seen.has(used)) {
      seen.add(used)
      visit(used)
    }
    ts.forEachChild(node, visit)
  }
  seen.add(declared)
  ts.forEachChild(declared, visit)
  return texts
}

/** The file that `import('./part.ts')` loads. */
function loadedBy(node: ts.Node, program: ts.Program): ts.SourceFile | undefined {
  if (!ts.isCallExpression(node) || node.expression.kind !== ts.SyntaxKind.ImportKeyword) return undefined
  const [specifier] = node.arguments
  if (specifier === undefined || !ts.isStringLiteral(specifier)) return undefined
  return program.getSourceFile(join(dirname(node.getSourceFile().fileName), specifier.text))
}

/** The objects READS and CALLS of the access matrix, which the tests of the database enforce. */
export function readAccessMatrix(root: string): {
  readonly reads: Map<string, string>
  readonly calls: Map<string, string>
} {
  const text = readFileSync(join(root, 'test/database/access/matrix.ts'), 'utf8')
  const entriesOf = (name: string): Map<string, string> => {
    const body = new RegExp(`export const ${name}\\b[^{]*\\{([^}]*)\\}`).exec(text)?.[1] ?? ''
    const entries = new Map(
      [...body.matchAll(/^ {2}(\w+): '([^']+)',$/gm)].map(([, key = '', value = '']) => [key, value]),
    )
    if (entries.size < 20) throw new Error(`The access matrix has no ${name} that can be read.`)
    return entries
  }
  return { reads: entriesOf('READS'), calls: entriesOf('CALLS') }
}
