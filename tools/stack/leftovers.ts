import { readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { endProcess } from '../lib/end-process.ts'
import type { Keeper } from '../lib/keeper.ts'
import { commandLine, identify, isRunning, type ProcessIdentity } from '../lib/process-identity.ts'
import { writePrivatelySync } from './files.ts'

const GRACE_MS = 10_000

type Recorded = ProcessIdentity & { readonly signal: NodeJS.Signals }

/** A keeper that also writes down in the data folder which processes run, for the start after a crash of everything. */
export function recordingKeeper(keeper: Keeper, dataFolder: string): Keeper {
  const recorded = new Map<number, Recorded>()
  const save = (): void => writePrivatelySync(fileIn(dataFolder), JSON.stringify([...recorded.values()]))
  save()
  return {
    ...keeper,
    watch: (pid, signal) => {
      keeper.watch(pid, signal)
      const identity = identify(pid)
      if (identity) recorded.set(pid, { ...identity, signal })
      save()
    },
    forget: (pid) => {
      keeper.forget(pid)
      if (recorded.delete(pid)) save()
    },
  }
}

/** Ends what an earlier run in this data folder left behind and returns how many processes that were. */
export async function stopLeftovers(dataFolder: string): Promise<number> {
  const left = [...readRecorded(dataFolder), ...findPostmaster(dataFolder)].filter(isRunning)
  const unique = [...new Map(left.map((leftover) => [leftover.pid, leftover])).values()]
  await Promise.all(unique.map((leftover) => endProcess(leftover, leftover.signal, GRACE_MS)))
  return unique.length
}

/** Removes what a stack keeps in its data folder, and nothing else that somebody may have put there. */
export async function forgetData(dataFolder: string): Promise<void> {
  // The marker goes first, so that a removal that is cut off counts as no data at all.
  for (const name of ['bootstrapped', 'keys.json', 'stack.json', 'ledger.jsonl', 'logs', 'postgres']) {
    await rm(join(dataFolder, name), { recursive: true, force: true })
  }
}

const fileIn = (dataFolder: string): string => join(dataFolder, 'children.json')

function readRecorded(dataFolder: string): Recorded[] {
  try {
    return JSON.parse(readFileSync(fileIn(dataFolder), 'utf8')) as Recorded[]
  } catch {
    return []
  }
}

/** The server of this very data folder, should it run without being written down. */
function findPostmaster(dataFolder: string): Recorded[] {
  const postgresFolder = join(dataFolder, 'postgres')
  try {
    const pid = Number.parseInt(readFileSync(join(postgresFolder, 'postmaster.pid'), 'utf8'), 10)
    const identity = identify(pid)
    return identity && commandLine(pid).includes(postgresFolder) ? [{ ...identity, signal: 'SIGINT' }] : []
  } catch {
    return []
  }
}
