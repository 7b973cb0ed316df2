import { functionBlocks } from './release.ts'

/**
 * A `config.toml` with the blocks that are missing at its end. What stands in it stays byte for byte: comments, order,
 * line ends, and a block of the same function that somebody has changed.
 */
export function withFunctionBlocks(
  toml: string,
  wanted: readonly { readonly name: string; readonly text: string }[],
): string {
  const present = new Set(functionBlocks(toml).map((block) => block.name))
  const missing = wanted.filter((block) => !present.has(block.name))
  if (missing.length === 0) return toml
  const newline = toml.includes('\r\n') ? '\r\n' : '\n'
  const text = [
    '# PayD: these functions check their secret key themselves, which is no JWT.',
    ...missing.flatMap((block) => [block.text, '']),
  ].join('\n')
  const gap = toml === '' || toml.endsWith('\n') ? '\n' : '\n\n'
  return `${toml}${`${gap}${text}`.replaceAll('\n', newline)}`
}

/** A `config.toml` without the blocks of these functions, for those that are exactly what was added. */
export function withoutFunctionBlocks(
  toml: string,
  added: readonly { readonly name: string; readonly text: string }[],
): string {
  const newline = toml.includes('\r\n') ? '\r\n' : '\n'
  return added.reduce(
    (text, block) => text.replace(`${block.text.replaceAll('\n', newline)}${newline}`, ''),
    toml.replace(`# PayD: these functions check their secret key themselves, which is no JWT.${newline}`, ''),
  )
}
