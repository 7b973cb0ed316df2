import { assetFields } from '../core/assets.ts'
import type { Reply } from '../http/reply.ts'
import type { HarmOf } from './fault.ts'
import { harmPage } from './pages.ts'
import { changeAt } from './pointer.ts'
import type { Random } from './random.ts'
import type { Strike } from './registry.ts'

/** The answer after every fault that changes it, in order. What breaks the way to the caller becomes its `delivery`. */
export function harmAnswer(reply: Reply, strikes: readonly Strike[]): Reply {
  if (typeof reply === 'string' || 'stream' in reply) return reply
  const inOrder = [...strikes].sort((left, right) => rankOf(left.harm) - rankOf(right.harm))
  return inOrder.reduce<Answer>((answer, { harm, random }) => harmOnce(answer, harm, random), {
    ...reply,
    body: structuredClone(reply.body),
  })
}

type Answer = Extract<Reply, { readonly body: unknown }>

/** Values and pages change before the text that is made of them. */
function rankOf({ kind }: Strike['harm']): number {
  return kind === 'truncate' || kind === 'damage' || kind === 'text' ? 1 : 0
}

function harmOnce(answer: Answer, harm: Strike['harm'], random: Random): Answer {
  switch (harm.kind) {
    case 'reorder':
    case 'duplicate':
    case 'drop':
    case 'short':
    case 'loop':
      return { ...answer, body: harmPage(answer.body, harm, random) }
    case 'replace':
      return { ...answer, body: changeAt(answer.body, harm.path, () => harm.value) }
    case 'remove':
      return { ...answer, body: changeAt(answer.body, harm.path, () => undefined) }
    case 'balance':
      return { ...answer, body: withBalance(answer.body, harm) }
    case 'latest-ledger':
      return withLatestLedger(answer, harm.ledger)
    case 'header':
      return { ...answer, headers: withHeader(answer.headers, harm) }
    case 'truncate': {
      const text = textOf(answer)
      return { ...answer, text: text.slice(0, harm.bytes ?? Math.floor(text.length / 2)) }
    }
    case 'damage':
      return { ...answer, text: damaged(textOf(answer), harm.bytes ?? 1, random) }
    case 'text':
      return {
        ...answer,
        status: 200,
        text: harm.text,
        headers: { ...answer.headers, 'Content-Type': harm.contentType ?? 'text/html; charset=utf-8' },
      }
    case 'cut':
    case 'stall':
    case 'slow':
    case 'huge':
      return { ...answer, delivery: harm }
    default:
      return answer
  }
}

/** The text that the caller gets. */
export function textOf({ text, body }: Answer): string {
  return text ?? JSON.stringify(body)
}

/** The text with some bytes replaced by others. */
function damaged(text: string, count: number, random: Random): string {
  const bytes = Buffer.from(text)
  for (let done = 0; done < count && bytes.length > 0; done += 1) {
    const at = random.below(bytes.length)
    // Another printable character, so that the text stays readable and is merely wrong.
    const other = 0x21 + random.below(94)
    bytes[at] = other === bytes[at] ? other ^ 1 : other
  }
  return bytes.toString('latin1')
}

function withHeader(headers: Record<string, string> = {}, { name, value }: HarmOf<'header'>): Record<string, string> {
  const others = Object.entries(headers).filter(([key]) => key.toLowerCase() !== name.toLowerCase())
  return Object.fromEntries(value === null ? others : [...others, [name, value]])
}

const LEDGER_FIELDS = [
  '/history_latest_ledger',
  '/core_latest_ledger',
  '/ingest_latest_ledger',
  '/last_ledger',
  '/result/latestLedger',
  '/result/sequence',
]

function withLatestLedger(answer: Answer, ledger: number): Answer {
  const tell = (value: unknown): unknown => (typeof value === 'string' ? String(ledger) : ledger)
  const body = LEDGER_FIELDS.reduce((changed, path) => changeAt(changed, path, tell), answer.body)
  const headers = { ...answer.headers }
  if ('Latest-Ledger' in headers) headers['Latest-Ledger'] = String(ledger)
  return { ...answer, body, headers }
}

function withBalance(body: unknown, { value, account, asset }: HarmOf<'balance'>): unknown {
  const wanted = asset === undefined ? {} : assetFields(asset)
  const change = (record: unknown): unknown => {
    if (!isRecord(record) || !Array.isArray(record.balances)) return record
    if (account !== undefined && record.account_id !== account) return record
    const balances = record.balances.map((line: unknown) => {
      const isWanted = isRecord(line) && Object.entries(wanted).every(([name, text]) => line[name] === text)
      return isWanted ? { ...line, balance: value } : line
    })
    return { ...record, balances }
  }
  return changeAt(change(body), '/_embedded/records/*', change)
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
