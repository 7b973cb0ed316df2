/** Spreadsheets pass over blanks and invisible characters before a formula, and read the signs of full width like plain ones. */
const FORMULA = /^[\p{C}\p{Z}\s]*[=+\-@＝＋－＠﹢﹣﹦﹫−]|^[\t\r\n]/u

/** Rows as a CSV file; a text that a spreadsheet would run as a formula is marked as text. */
export function csvOf(columns: readonly string[], rows: readonly (readonly unknown[])[]): string {
  return `\uFEFF${[columns, ...rows].map((row) => row.map(fieldOf).join(',')).join('\r\n')}\r\n`
}

function fieldOf(value: unknown): string {
  const text = value === null || value === undefined ? '' : String(value)
  const safe = typeof value === 'string' && FORMULA.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
