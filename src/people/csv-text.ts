import { PaydError } from '../core/error.ts'
import type { PaydErrorCode } from '../core/error-codes.ts'

/** A problem with the file as a whole: nothing of it was used. */
export function csvError(code: PaydErrorCode, message: string, hint: string): PaydError {
  return new PaydError(message, { kind: 'validation_failed', code, hint })
}

/** How the bytes of a file are letters. A file does not say it, so only a person can. */
export type CsvEncoding = (typeof CSV_ENCODINGS)[number]

/** The encodings a person can name: those in which Excel saves its plain CSV, by country, and those of Unicode. */
export const CSV_ENCODINGS = [
  'utf-8',
  'utf-16le',
  'utf-16be',
  'windows-1252',
  'macintosh',
  'windows-1250',
  'windows-1251',
  'windows-1253',
  'windows-1254',
  'windows-1257',
  'shift_jis',
  'gb18030',
  'big5',
  'euc-kr',
] as const

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
  const [first, second, third, fourth] = bytes
  if ((first === 0x50 && second === 0x4b) || (first === 0xd0 && second === 0xcf)) {
    throw csvError('csv_not_text', 'The file is an Excel workbook.', 'Save it as "CSV UTF-8" and import that file.')
  }
  const isUtf8 = first === 0xef && second === 0xbb && third === 0xbf
  const isUtf16 = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)
  // What the file says of itself is true, whatever a person chose for another one.
  const marked = isUtf8 ? 'utf-8' : isUtf16 ? (first === 0xff ? 'utf-16le' : 'utf-16be') : undefined
  // Every second byte of UTF-16 is nothing, as long as its letters are plain ones.
  const probable = second === 0 && fourth === 0 ? 'utf-16le' : first === 0 && third === 0 ? 'utf-16be' : undefined
  if (probable !== undefined && marked === undefined && !named?.startsWith('utf-16')) {
    throw csvError('csv_not_utf8', 'The file is UTF-16 without a mark.', `Say its encoding: ${probable}.`)
  }
  try {
    return new TextDecoder(marked ?? named ?? 'utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}

/** What the bytes 0x80 to 0xBF are in Windows-1252 and Latin-1, but for the letters that names have. */
const TAIL = '[\\u0080-\\u00BF\\u02C6\\u02DC\\u2013-\\u203A\\u20AC\\u2122]'
/** The Latin alphabet beyond ASCII, quotes, Cyrillic (two letters, because one could be a name), Greek, Hebrew, Arabic, and Asia. */
const DECODED_TWICE = new RegExp(
  `[ÃÂÄÅ](?:${TAIL}|[\u0152-\u0161\u0178\u017D\u017E\u0192])|â€|(?:[ÎÏÐÑ×ØÙ]${TAIL}){2}|[ã-é]${TAIL}{2}|ð${TAIL}{3}`,
)

/** Whether a text looks as if UTF-8 had once been read as Windows-1252: `JosÃ©` for `José`. */
export function looksDoubleEncoded(text: string): boolean {
  return DECODED_TWICE.test(text)
}
