import type { CsvRecord } from './csv.ts'
import { csvError } from './csv-text.ts'

/** The columns of a file of employees. */
export const EMPLOYEE_CSV_COLUMNS = [
  'first_name',
  'last_name',
  'email',
  'position',
  'department',
  'status',
  'salary',
  'asset_code',
  'asset_issuer',
  'wallet_address',
  'memo',
  'memo_type',
] as const

/** A column of a file of employees. */
export type EmployeeCsvColumn = (typeof EMPLOYEE_CSV_COLUMNS)[number]

/** Which column of the file is what; null leaves a column out. Names are as they stand in the file, whatever their case. */
export type ColumnMapping = { readonly [header: string]: EmployeeCsvColumn | null }

const REQUIRED_COLUMNS: readonly EmployeeCsvColumn[] = ['first_name', 'last_name', 'email']

/** Other names under which exports of HR systems have the columns: in small letters, without accents, blanks and signs between words. */
const OTHER_NAMES: { readonly [Column in EmployeeCsvColumn]: string } = {
  first_name: 'firstname givenname forename vorname rufname prenom nombre primernombre nome primeironome',
  last_name:
    'lastname surname familyname nachname familienname nomdefamille apellido apellidos primerapellido cognome sobrenome ultimonome',
  email:
    'email emailaddress mail mailaddress workemail emailadresse mailadresse adresseemail adressemail adresseelectronique courriel correo ' +
    'correoelectronico enderecodeemail indirizzoemail',
  position: 'position jobtitle title role stelle stellenbezeichnung poste puesto cargo posizione funcao',
  department: 'department dept team abteilung departement service departamento dipartimento reparto',
  status: 'status employmentstatus statut estado stato',
  salary: 'salary basesalary basepay pay gehalt grundgehalt lohn salaire salario sueldo stipendio ordenado',
  asset_code: 'assetcode asset currency wahrung devise monnaie moneda moeda valuta',
  asset_issuer: 'assetissuer issuer',
  wallet_address: 'walletaddress wallet stellaraddress stellaraccount publickey',
  memo: 'memo stellarmemo paymentmemo',
  memo_type: 'memotype stellarmemotype',
}
/** Names that mean the family name beside a column for the first name of the same language, and by themselves could be the whole name. */
const NAMES_BESIDE: { readonly [name: string]: string } = { name: 'vorname', nom: 'prenom' }
const COLUMN_OF = new Map(
  EMPLOYEE_CSV_COLUMNS.flatMap((column) => OTHER_NAMES[column].split(' ').map((name) => [name, column] as const)),
)

/** What each column of the file is: a column of an employee, one that is left out, or one without a name. */
export type ReadColumn = EmployeeCsvColumn | 'left out' | 'without name'

/** The header of a file: where it stands and what its columns are. */
export interface Header {
  readonly columns: readonly ReadColumn[]
  /** How many records stand above it: titles, dates of an export. */
  readonly titles: number
}

/** Titles above a table are few. */
export const MOST_TITLES = 10

/** The header among the first records: the first that names all required columns. Errors: `csv_columns_missing`, `…_unknown`, `…_repeated`. */
export function findHeader(records: readonly CsvRecord[], mapping: ColumnMapping | undefined): Header {
  const readable = records.slice(0, MOST_TITLES + 1).map((record) => columnsOf(record, mapping))
  const titles = readable.findIndex((columns) => REQUIRED_COLUMNS.every((column) => columns.includes(column)))
  const [record, columns] = [records[titles], readable[titles]]
  if (record === undefined || columns === undefined) throw missing(records, readable)

  const unknown = record.fields.filter((name, index) => columns[index] === undefined && name !== '')
  if (unknown.length > 0) {
    const hint = `Rename them, or say what they are with the option columns, such as { columns: { ${JSON.stringify(unknown[0])}: null } } to leave one out; PayD reads ${EMPLOYEE_CSV_COLUMNS.join(', ')}.`
    throw csvError(
      'csv_columns_unknown',
      `The header on line ${record.line} has unknown columns: ${list(unknown)}.`,
      hint,
    )
  }
  const repeated = columns.filter((name, index) => isColumn(name) && columns.indexOf(name) !== index)
  if (repeated.length > 0) {
    const twice = record.fields.filter((_, index) => repeated.includes(columns[index]))
    const hint = 'Keep each column once, or leave one out with the option columns.'
    throw csvError(
      'csv_columns_repeated',
      `The header on line ${record.line} has ${list(twice)} for the same column.`,
      hint,
    )
  }
  return { columns: columns.map((column) => column ?? 'without name'), titles }
}

/** What each field of a record would be as a header. */
export function columnsOf({ fields }: CsvRecord, mapping: ColumnMapping = {}): (ReadColumn | undefined)[] {
  const given = new Map(
    Object.entries(mapping).map(([name, column]) => [
      name.normalize('NFC').trim().toLowerCase(),
      column ?? ('left out' as const),
    ]),
  )
  const plain = fields.map(plainNameOf)
  const columns = fields.map((field, index) => given.get(field.toLowerCase()) ?? COLUMN_OF.get(plain[index] ?? ''))
  if (columns.includes('last_name')) return columns
  return columns.map((column, index) => column ?? (isFamilyName(plain, index) ? 'last_name' : undefined))
}

function isFamilyName(plain: readonly string[], index: number): boolean {
  const beside = NAMES_BESIDE[plain[index] ?? '']
  return beside !== undefined && plain.includes(beside)
}

/** `Prénom *` is `prenom`. What else a name says, such as a year, a unit or a currency, may change what it means and stays. */
function plainNameOf(name: string): string {
  return name
    .toLowerCase()
    .normalize('NFD')
    .replace(/[\p{M}\p{Default_Ignorable_Code_Point}\s_.:*'’-]+/gu, '')
}

/** Says what was seen and which of it probably is what is missing, from the record that looks most like a header. */
function missing(records: readonly CsvRecord[], readable: readonly (readonly (ReadColumn | undefined)[])[]): Error {
  const known = readable.map((columns) => columns.filter(isColumn).length)
  const best = known.indexOf(Math.max(...known))
  const { line = 1, fields = [] } = records[best] ?? {}
  const lacking = REQUIRED_COLUMNS.filter((column) => !readable[best]?.includes(column))
  const seen = fields.filter((name) => name !== '')
  const guesses = lacking.flatMap((column) => {
    const guess = seen.find(
      (name) => name.toLowerCase().includes(column.split('_')[0] ?? column) || column.includes(name.toLowerCase()),
    )
    return guess === undefined ? [] : [`${JSON.stringify(guess)}: '${column}'`]
  })
  const example = guesses.length > 0 ? guesses : [`${JSON.stringify(seen[0] ?? 'Name in the file')}: '${lacking[0]}'`]
  return csvError(
    'csv_columns_missing',
    `The header on line ${line} lacks ${list(lacking)}; it has ${list(seen.slice(0, 20))}.`,
    `Rename the columns, or say which is which with the option columns, such as { columns: { ${example.join(', ')} } }.`,
  )
}

/** Whether a column of the file is one of an employee. */
export function isColumn(column: unknown): column is EmployeeCsvColumn {
  return (EMPLOYEE_CSV_COLUMNS as readonly unknown[]).includes(column)
}

function list(names: readonly string[]): string {
  return names.map((name) => JSON.stringify(name.slice(0, 60))).join(', ')
}
