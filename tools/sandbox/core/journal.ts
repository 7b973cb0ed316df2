import { closeSync, existsSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Chain, LedgerContents } from './chain.ts'
import type { LedgerRecord, Parent } from './history.ts'
import { LEAST_RUN, RUN_LENGTH } from './ledgers.ts'

/** What a data file says about the network it belongs to. */
export type JournalHeader = {
  readonly payd_sandbox: 1
  readonly passphrase: string
  readonly epoch: number
  readonly genesisAt: number
  readonly maxOperations: number
}

/** A file of closed ledgers, from which the same chain is rebuilt. */
export type Journal = {
  /** Writes down the ledger that `chain` closed with these contents. */
  append(chain: Chain, record: LedgerRecord, contents: LedgerContents): void
  /** Starts the file again after a reset. */
  restart(header: JournalHeader, chain: Chain): void
  close(): void
}

/*
 * One line of JSON each. An idle network closes a ledger every second, so an empty ledger is only a number, and a seal after many of
 * them spares a restart their hashes.
 */
type Line = Wait | Seal | Ledger

/** An empty ledger: the seconds from the one before. */
type Wait = number

/** What the empty ledgers before it end with. */
type Seal = {
  readonly sealed: number
  readonly closed_at: number
  readonly hash: string
  readonly state_hash: string
}

type Ledger = {
  readonly ledger: number
  readonly closed_at: number
  readonly base_fee: string
  readonly envelopes: readonly string[]
  readonly funded: readonly string[]
  readonly hash: string
}

/** The header and the complete lines of a data file, or null when there is no file yet. */
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

/**
 * Applies the ledgers of a data file to a chain at genesis, and proves that each has the hash it had before; sealed ones are proven
 * by what builds on them, and when they are asked for. Returns how many empty ledgers at the end are not sealed.
 */
export function replay(file: string, chain: Chain, lines: readonly Line[]): number {
  const { ledgers } = chain.history
  let waits: number[] = []
  const next = (): number => ledgers.count() + 1
  const tipTime = (): number => ledgers.closedAt(ledgers.count()) ?? 0
  const closeWaits = (): void => {
    for (const wait of waits) chain.close({ closedAt: tipTime() + wait, envelopes: [], funded: [], baseFee: 0n })
    waits = []
  }
  for (const line of lines) {
    if (typeof line === 'number') {
      if (!Number.isInteger(line) || line < 0) throw damaged(file, next() + waits.length)
      waits.push(line)
    } else if ('sealed' in line) {
      chain.closeRun({ waits, tip: { hash: line.hash, stateHash: line.state_hash } })
      waits = []
      if (ledgers.count() !== line.sealed || tipTime() !== line.closed_at) throw damaged(file, line.sealed)
    } else {
      closeWaits()
      closeLedger(file, chain, line)
    }
  }
  const unsealed = waits.length
  closeWaits()
  // What the network goes on from is always proven.
  chain.latest()
  return unsealed
}

function closeLedger(file: string, chain: Chain, line: Ledger): void {
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

/**
 * Opens a data file for appending, cut after its last complete line; a new file gets the header first. `unsealed` is how many
 * empty ledgers at its end no seal covers.
 */
export function openJournal(file: string, header: JournalHeader, chain: Chain, unsealed: number): Journal {
  mkdirSync(dirname(file), { recursive: true })
  const existing = existsSync(file) ? readFileSync(file) : Buffer.alloc(0)
  const length = existing.lastIndexOf(0x0a) + 1
  const descriptor = openSync(file, length === 0 ? 'w' : 'r+')
  ftruncateSync(descriptor, length)
  let position = length
  // One write for everything that belongs together, so that a kill leaves all of it or a torn end.
  const write = (...lines: readonly (Line | JournalHeader)[]): void => {
    const bytes = Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
    writeSync(descriptor, bytes, 0, bytes.length, position)
    position += bytes.length
  }
  if (length === 0) write(header)
  let tip = tipOf(chain)
  let waiting = unsealed

  return {
    append(closing, record, contents) {
      const before = tip
      tip = tipOf(closing)
      if (record.transactions.length > 0) {
        write(...(waiting >= LEAST_RUN ? [sealOf(before)] : []), ledgerOf(record, contents))
        waiting = 0
        return
      }
      const isFull = waiting + 1 >= RUN_LENGTH
      write(tip.closedAt - before.closedAt, ...(isFull ? [sealOf(tip)] : []))
      waiting = isFull ? 0 : waiting + 1
    },
    restart(next, fresh) {
      ftruncateSync(descriptor, 0)
      position = 0
      tip = tipOf(fresh)
      waiting = 0
      write(next)
    },
    close: () => closeSync(descriptor),
  }
}

type Tip = Parent & { readonly ledger: number; readonly closedAt: number }

function tipOf(chain: Chain): Tip {
  const { ledgers } = chain.history
  return { ...chain.tip(), ledger: ledgers.count(), closedAt: ledgers.closedAt(ledgers.count()) ?? 0 }
}

function sealOf({ ledger, closedAt, hash, stateHash }: Tip): Seal {
  return { sealed: ledger, closed_at: closedAt, hash, state_hash: stateHash }
}

function ledgerOf(record: LedgerRecord, contents: LedgerContents): Ledger {
  return {
    ledger: record.ledger,
    closed_at: contents.closedAt,
    base_fee: contents.baseFee.toString(),
    envelopes: contents.envelopes.map(({ raw }) => raw),
    funded: contents.funded,
    hash: record.hash,
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
