import { rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import ts from 'typescript'

/**
 * Leaves in a folder of declarations what apps can reach from the entries: the compiler also declares what the modules of the
 * package say to each other. Comments stay, because editors show them.
 */
export function keepReachable(folder: string, entries: readonly string[]): void {
  const files = ts.sys.readDirectory(folder, ['.d.ts'])
  const program = programOf(files)
  const kept = reachable(
    program,
    entries.map((entry) => join(folder, entry)),
  )
  for (const file of files) {
    const source = program.getSourceFile(file)
    const statements = source?.statements.filter((statement) => kept.has(statement)) ?? []
    if (source === undefined || statements.length === 0) rmSync(file)
    else writeFileSync(file, compact(statements.map((statement) => written(source, statement, kept)).join('')))
  }
}

/** Declarations with the blanks that people who do not edit them need: one where the compiler indents by four. */
function compact(text: string): string {
  const lines = text.replace(/^(?: {4})+/gm, (blanks) => ' '.repeat(blanks.length / 4))
  return `${lines.replace(/\n\s*\n/g, '\n').trim()}\n`
}

/** The files alone: neither the library of the language nor other packages have anything to leave out. */
function programOf(files: readonly string[]): ts.Program {
  const options: ts.CompilerOptions = { module: ts.ModuleKind.NodeNext, noLib: true, types: [] }
  const host = ts.createCompilerHost(options)
  host.resolveModuleNameLiterals = (names, from) =>
    names.map(({ text }) => {
      const resolvedFileName = join(dirname(from), text.replace(/\.js$/, '.d.ts'))
      const isOwn = text.startsWith('.')
      return { resolvedModule: isOwn ? { resolvedFileName, extension: ts.Extension.Dts } : undefined }
    })
  return ts.createProgram(files, options, host)
}

/** The statements that the entries need, and the names that their imports are needed for. */
function reachable(program: ts.Program, entries: readonly string[]): ReadonlySet<ts.Node> {
  const checker = program.getTypeChecker()
  const kept = new Set<ts.Node>()
  for (const entry of entries) {
    const source = program.getSourceFile(entry)
    if (source === undefined) throw new Error(`There are no declarations ${entry}.`)
    for (const statement of source.statements) {
      const isOwn =
        (ts.getCombinedModifierFlags(statement as ts.Statement & ts.Declaration) & ts.ModifierFlags.Export) !== 0
      if (isOwn || ts.isExportDeclaration(statement)) keep(statement)
    }
  }
  return kept

  function keep(statement: ts.Node): void {
    if (kept.has(statement)) return
    kept.add(statement)
    const isStar = ts.isExportDeclaration(statement) && statement.exportClause === undefined
    if (isStar && statement.moduleSpecifier) {
      const module = checker.getSymbolAtLocation(statement.moduleSpecifier)
      for (const exported of module ? checker.getExportsOfModule(module) : []) follow(exported)
    }
    const visit = (node: ts.Node): void => {
      if (ts.isExportSpecifier(node)) follow(checker.getExportSpecifierLocalTargetSymbol(node))
      if (ts.isIdentifier(node)) follow(checker.getSymbolAtLocation(node))
      ts.forEachChild(node, visit)
    }
    visit(statement)
  }

  /** Keeps where a name comes from: its import and its declaration. */
  function follow(symbol: ts.Symbol | undefined): void {
    for (const declaration of symbol?.declarations ?? []) {
      if (ts.isImportSpecifier(declaration) || ts.isNamespaceImport(declaration)) {
        kept.add(declaration)
        kept.add(ts.findAncestor(declaration, ts.isImportDeclaration) as ts.Node)
      } else if (ts.isSourceFile(declaration)) {
        for (const statement of declaration.statements) {
          // `createPayd` binds the functions of a module, and nothing else of it.
          if (ts.isFunctionDeclaration(statement)) keep(statement)
        }
      } else {
        const statement = ts.findAncestor(declaration, ({ parent }) => parent !== undefined && ts.isSourceFile(parent))
        if (statement !== undefined) keep(statement)
      }
    }
    if (symbol !== undefined && symbol.flags & ts.SymbolFlags.Alias) follow(checker.getAliasedSymbol(symbol))
  }
}

/** A statement with its comments; of an import only the names that are used. */
function written(source: ts.SourceFile, statement: ts.Statement, kept: ReadonlySet<ts.Node>): string {
  const text = source.text.slice(statement.pos, statement.end)
  const bindings = ts.isImportDeclaration(statement) ? statement.importClause?.namedBindings : undefined
  if (bindings === undefined || !ts.isNamedImports(bindings)) return text
  const names = bindings.elements.filter((element) => kept.has(element)).map((element) => element.getText(source))
  const [start, end] = [bindings.getStart(source) - statement.pos, bindings.end - statement.pos]
  return `${text.slice(0, start)}{ ${names.join(', ')} }${text.slice(end)}`
}
