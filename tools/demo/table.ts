/** A column of a table for people. */
export interface Column {
  readonly title: string
  readonly align: 'left' | 'right'
}

/** Lines of a table with aligned columns, the titles first, then a rule. Trailing blanks are cut. */
export function formatTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const titles = columns.map((column) => column.title)
  const widths = columns.map((_, place) => Math.max(...[titles, ...rows].map((row) => (row[place] ?? '').length)))
  const line = (cells: readonly string[]): string =>
    columns
      .map(({ align }, place) => {
        const [cell = '', width = 0] = [cells[place], widths[place]]
        return align === 'right' ? cell.padStart(width) : cell.padEnd(width)
      })
      .join('   ')
      .trimEnd()
  const rule = widths.map((width) => '─'.repeat(width)).join('───')
  return [line(titles), rule, ...rows.map(line)]
}

/** The text in lines of at most `width` characters, broken between words; a longer word has a line of its own. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}

/** Stroops as people read them: `815,231.2500001`, always with seven decimals. */
export function formatStroops(stroops: bigint): string {
  const digits = stroops.toString().padStart(8, '0')
  const units = digits.slice(0, -7).replace(/\B(?=(\d{3})+$)/g, ',')
  return `${units}.${digits.slice(-7)}`
}

/** Ledger numbers as people read them: `12–14, 17`. */
export function formatRanges(numbers: readonly number[]): string {
  const ranges: [first: number, last: number][] = []
  for (const number of [...new Set(numbers)].sort((a, b) => a - b)) {
    const range = ranges.at(-1)
    if (range !== undefined && range[1] === number - 1) range[1] = number
    else ranges.push([number, number])
  }
  return ranges.map(([first, last]) => (first === last ? `${first}` : `${first}–${last}`)).join(', ')
}
