import type { DefElem, Node } from 'libpg-query'
import type { Statement } from './sql.ts'
import { asNode } from './tree.ts'

/** Code that the parser keeps as a string: the body of a function, a procedure or a DO block. */
export type Body = { readonly language: string; readonly text: string; readonly startByte: number }

/** The body of a CREATE FUNCTION, CREATE PROCEDURE or DO statement; nothing for other statements. */
export function bodyOf(statement: Statement): Body | undefined {
  const create = asNode<{ options?: Node[] }>(statement.node, 'CreateFunctionStmt')
  const block = asNode<{ args?: Node[] }>(statement.node, 'DoStmt')
  const options = (create?.options ?? block?.args ?? []).flatMap((option) => asNode<DefElem>(option, 'DefElem') ?? [])
  const text = bodyText(options.find((option) => option.defname === 'as')?.arg)
  if (text === undefined) return undefined
  const language = asNode<{ sval?: string }>(options.find((option) => option.defname === 'language')?.arg, 'String')
  // The tree has no offset inside the string, but the body stands verbatim in the statement unless it was quoted by '.
  const found = statement.text.indexOf(text)
  const offset = found === -1 ? 0 : Buffer.byteLength(statement.text.slice(0, found), 'utf8')
  return { language: (language?.sval ?? 'plpgsql').toLowerCase(), text, startByte: statement.startByte + offset }
}

function bodyText(argument: Node | undefined): string | undefined {
  const alone = asNode<{ sval?: string }>(argument, 'String')
  if (alone) return alone.sval
  const first = asNode<{ items?: Node[] }>(argument, 'List')?.items?.[0]
  return asNode<{ sval?: string }>(first, 'String')?.sval
}
