import { PaydError } from '../core/error.ts'
import type { PaydErrorCode } from '../core/error-codes.ts'

/** A problem with the file as a whole: nothing of it was used. */
export function csvError(code: PaydErrorCode, message: string, hint: string): PaydError {
  return new PaydError(message, { kind: 'validation_failed', code, hint })
}

/** How the bytes of a file are letters. A file does not say it, so only a person can. */
export type CsvEncoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252' | 'macintosh'

/** The encodings a person can name. */
export const CSV_ENCODINGS: readonly CsvEncoding[] = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252', 'macintosh']

/**
 * The text of a file: UTF-8 with or without a byte order mark, UTF-16 with one, as Excel's "Unicode Text" has it, or the encoding that a person
 * names. Letters are composed (NFC), so that the same name typed on a Mac is the same text.
 *
 * Errors: `csv_not_text` (a workbook), `csv_not_utf8`.
 */
export function decodeCsv(file: string | Uint8Array, encoding?: CsvEncoding): string {
  const text = typeof file === 'string' ? file : decode(file, encoding)
  // A replacement character is a letter somebody lost on the way here: a name would be stored wrong for good.
  if (text === undefined || text.includes('\uFFFD')) {
    throw csvError(
      'csv_not_utf8',
      `The file is not ${encoding ?? 'UTF-8'} text.`,
      'Save it as "CSV UTF-8", so that accents survive, or say its encoding: Excel\'s plain CSV is windows-1252 in most of Europe and America.',
    )
  }
  return (text.charCodeAt(0) === 0xfeff ? text.slice(1) : text).normalize('NFC')
}

function decode(bytes: Uint8Array, named: CsvEncoding | undefined): string | undefined {
  const [first, second] = bytes
  if ((first === 0x50 && second === 0x4b) || (first === 0xd0 && second === 0xcf)) {
    throw csvError('csv_not_text', 'The file is an Excel workbook.', 'Save it as "CSV UTF-8" and import that file.')
  }
  const marked =
    first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : undefined
  try {
    return new TextDecoder(marked ?? named ?? 'utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}

/** Whether a text looks as if UTF-8 had once been read as Windows-1252: `JosÃ©` for `José`. */
export function looksDoubleEncoded(text: string): boolean {
  return /[ÃÂÄÅ][\u0080-\u00BF\u0152-\u0161\u0178\u017D\u017E\u0192\u02C6\u02DC\u2013-\u203A\u20AC\u2122]|â€/.test(text)
}
