import { closeSync, existsSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Chain, LedgerContents } from './chain.ts'
import type { LedgerRecord } from './history.ts'

/** What a data file says about the network it belongs to. */
export type JournalHeader = {
  readonly payd_sandbox: 1
  readonly passphrase: string
  readonly epoch: number
  readonly genesisAt: number
  readonly maxOperations: number
}

/** A file of closed ledgers, one line each, from which the same chain is rebuilt. */
export type Journal = {
  append(record: LedgerRecord, contents: LedgerContents): void
  /** Starts the file again after a reset. */
  restart(header: JournalHeader): void
  close(): void
}

type Line = {
  readonly ledger: number
  readonly closed_at: number
  readonly base_fee: string
  readonly envelopes: readonly string[]
  readonly funded: readonly string[]
  readonly hash: string
}

/** The header and the complete ledger lines of a data file, or null when there is no file yet. */
export function readJournal(file: string): { readonly header: JournalHeader; readonly lines: Line[] } | null {
  if (!existsSync(file)) return null
  const text = readFileSync(file, 'utf8')
  // A kill can tear the last line; without its newline it never counted.
  const complete = text.slice(0, text.lastIndexOf('\n') + 1)
  const [first, ...rest] = complete.split('\n').filter((line) => line !== '')
  if (first === undefined) return null
  const header = parseLine<JournalHeader>(file, 1, first)
  if (header.payd_sandbox !== 1) {
    throw new Error(`${file} is not a sandbox data file. Name another file with --data, or remove this one.`)
  }
  return { header, lines: rest.map((line, index) => parseLine<Line>(file, index + 2, line)) }
}

/** Applies the ledgers of a data file to a chain at genesis, and proves that each has the hash it had before. */
export function replay(file: string, chain: Chain, lines: readonly Line[]): void {
  for (const line of lines) {
    const envelopes = line.envelopes.map((raw) => {
      const envelope = chain.parse(raw)
      if (!envelope) throw damaged(file, line.ledger)
      return envelope
    })
    const record = chain.close({
      closedAt: line.closed_at,
      envelopes,
      funded: line.funded,
      baseFee: BigInt(line.base_fee),
    })
    if (record.ledger !== line.ledger || record.hash !== line.hash) throw damaged(file, line.ledger)
  }
}

/** Opens a data file for appending, cut after its last complete line; a new file gets the header first. */
export function openJournal(file: string, header: JournalHeader): Journal {
  mkdirSync(dirname(file), { recursive: true })
  const existing = existsSync(file) ? readFileSync(file) : Buffer.alloc(0)
  const length = existing.lastIndexOf(0x0a) + 1
  const descriptor = openSync(file, length === 0 ? 'w' : 'r+')
  ftruncateSync(descriptor, length)
  let position = length
  const write = (value: unknown): void => {
    const bytes = Buffer.from(`${JSON.stringify(value)}\n`)
    writeSync(descriptor, bytes, 0, bytes.length, position)
    position += bytes.length
  }
  if (length === 0) write(header)

  return {
    append(record, contents) {
      const line: Line = {
        ledger: record.ledger,
        closed_at: contents.closedAt,
        base_fee: contents.baseFee.toString(),
        envelopes: contents.envelopes.map(({ raw }) => raw),
        funded: contents.funded,
        hash: record.hash,
      }
      write(line)
    },
    restart(next) {
      ftruncateSync(descriptor, 0)
      position = 0
      write(next)
    },
    close: () => closeSync(descriptor),
  }
}

function parseLine<T>(file: string, number: number, line: string): T {
  try {
    return JSON.parse(line)
  } catch (cause) {
    throw new Error(`Line ${number} of ${file} is not JSON. Restore the file, or remove it to start a new network.`, {
      cause,
    })
  }
}

function damaged(file: string, ledger: number): Error {
  return new Error(
    `Ledger ${ledger} in ${file} does not give the hash recorded there. ` +
      'The file was changed, or written by another version; remove it to start a new network.',
  )
}
