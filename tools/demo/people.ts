import { createHash } from 'node:crypto'
import { Keypair } from '@stellar/stellar-sdk/base'
import { EMPLOYEE_CSV_COLUMNS, type EmployeeCsvColumn } from '../../src/index.ts'
import { itemAt, mailboxOf, nameOf } from './names.ts'

/** A made-up company: the same seed makes the same people, addresses and amounts on every machine. */
export interface Company {
  readonly issuer: Keypair
  readonly people: readonly Person[]
}

/** A made-up employee. The key is valid on the sandbox only: anybody can derive it. */
export interface Person {
  readonly row: Readonly<Record<DemoColumn, string>>
  readonly keypair: Keypair
  /** Whether the wallet will trust the asset it is paid in. */
  readonly trusts: boolean
}

/** The made-up people have wallets of their own, and payments to those carry no memo. */
type DemoColumn = Exclude<EmployeeCsvColumn, 'memo' | 'memo_type'>
const DEMO_COLUMNS = EMPLOYEE_CSV_COLUMNS.filter((column) => column !== 'memo' && column !== 'memo_type')

const USDC_SHARE = 0.7

/** Fewer people than this are all without fault, so that a tiny demo still pays somebody. */
const SMALLEST_COMPANY_WITH_FAULTS = 10

/**
 * A company of `count` people. From ten on, one is paid in USDC without trusting it, one address is mistyped, and two
 * amounts are as small and as precise as Stellar allows.
 */
export function makeCompany(seed: string, count: number): Company {
  const issuer = keypairOf(seed, 'issuer')
  const faults = count >= SMALLEST_COMPANY_WITH_FAULTS ? faultsIn(seed, count) : undefined
  const mailboxes = new Map<string, number>()
  const people = Array.from({ length: count }, (_, index): Person => {
    const pick = picker(seed, index)
    const keypair = keypairOf(seed, `employee ${index + 1}`)
    const paidInUsdc = index === faults?.untrusting || (index !== faults?.smallest && pick(100) < USDC_SHARE * 100)
    const { first, last } = nameOf(index)
    const { position, department, monthly } = jobFor(pick)
    return {
      keypair,
      trusts: paidInUsdc && index !== faults?.untrusting,
      row: {
        first_name: first,
        last_name: last,
        email: `${unique(mailboxes, mailboxOf(first, last))}@example.${pick(3) === 0 ? 'org' : 'com'}`,
        position,
        department,
        status: 'active',
        salary: salaryOf(index, monthly, paidInUsdc, pick, faults),
        asset_code: paidInUsdc ? 'USDC' : 'XLM',
        asset_issuer: paidInUsdc ? issuer.publicKey() : '',
        wallet_address: index === faults?.mistyped ? mistype(keypair.publicKey()) : keypair.publicKey(),
      },
    }
  })
  return { issuer, people }
}

/** The company as a CSV file: header, one line a person, LF, quotes only where a value needs them. */
export function toCsv(company: Company): string {
  const quote = (value: string): string => (/[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value)
  const lines = company.people.map(({ row }) => DEMO_COLUMNS.map((column) => quote(row[column])).join(','))
  return `${[DEMO_COLUMNS.join(','), ...lines].join('\n')}\n`
}

/** A keypair anybody can derive from its label: never use one outside a sandbox. */
export function keypairOf(seed: string, label: string): Keypair {
  return Keypair.fromRawEd25519Seed(createHash('sha256').update(`payd sandbox ${seed} ${label}`).digest())
}

interface Faults {
  readonly untrusting: number
  readonly mistyped: number
  readonly precise: number
  readonly smallest: number
}

function faultsIn(seed: string, count: number): Faults {
  const pick = picker(seed, -1)
  const places = Array.from({ length: count }, (_, place) => place)
  const take = (): number => places.splice(pick(places.length), 1)[0] ?? 0
  return { untrusting: take(), mistyped: take(), precise: take(), smallest: take() }
}

/** Chooses whole numbers below a limit, from a stream that depends on nothing but seed and place. */
function picker(seed: string, place: number): (limit: number) => number {
  let draws = 0
  return (limit) => createHash('sha256').update(`${seed}:${place}:${draws++}`).digest().readUInt32BE(0) % limit
}

/** Position, department, and a usual monthly salary in dollars. */
const JOBS: readonly (readonly [position: string, department: string, monthly: number])[] = [
  ['Software Engineer', 'Engineering', 5800],
  ['Senior Software Engineer', 'Engineering', 7400],
  ['Engineer, Payments', 'Engineering', 6900],
  ['Site Reliability Engineer', 'Engineering', 6700],
  ['Head of R&D', 'Research & Development', 9200],
  ['Data Analyst', 'Research & Development', 4900],
  ['Product Manager', 'Product', 6600],
  ['Designer (UX/UI)', 'Product', 5100],
  ['Accountant', 'Finance', 4200],
  ['Controller', 'Finance', 6100],
  ['Payroll Specialist', 'Finance', 3900],
  ['Counsel, Contracts', 'Legal', 6800],
  ['HR Business Partner', 'People', 4600],
  ['Recruiter', 'People', 3700],
  ['Account Executive', 'Sales', 4400],
  ['Sales Manager, LATAM', 'Sales', 5900],
  ['Customer Support Agent', 'Support', 2600],
  ['Support Lead', 'Support', 3800],
  ['Warehouse Associate', 'Operations', 2300],
  ['Driver', 'Operations', 2200],
  ['Operations Manager', 'Operations', 5200],
  ['Translator', 'Marketing', 3100],
  ['Content Writer', 'Marketing', 3300],
  ['Intern', 'Engineering', 1400],
]

function jobFor(pick: (limit: number) => number): { position: string; department: string; monthly: number } {
  const [position, department, monthly] = itemAt(JOBS, pick(JOBS.length))
  return { position, department, monthly }
}

function salaryOf(
  index: number,
  monthly: number,
  paidInUsdc: boolean,
  pick: (limit: number) => number,
  faults: Faults | undefined,
): string {
  if (index === faults?.precise) return '4200.0000001'
  if (index === faults?.smallest) return '0.1'
  const cents = BigInt(monthly) * BigInt(90 + pick(21)) + BigInt(itemAt([0, 0, 50, 25, 99], pick(5)))
  // People paid in XLM are paid by the hour here; it keeps the sandbox's friendbot at a handful of calls.
  const paid = paidInUsdc ? cents : cents / 8n
  const fraction = paid % 100n
  return fraction === 0n ? `${paid / 100n}` : `${paid / 100n}.${fraction.toString().padStart(2, '0')}`
}

function unique(taken: Map<string, number>, mailbox: string): string {
  const earlier = taken.get(mailbox) ?? 0
  taken.set(mailbox, earlier + 1)
  return earlier === 0 ? mailbox : `${mailbox}${earlier + 1}`
}

/** The address with its last letter changed, which the checksum in it betrays. */
function mistype(address: string): string {
  return `${address.slice(0, -1)}${address.endsWith('A') ? 'B' : 'A'}`
}
