import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { writePrivately } from './files.ts'

/** What a running stack says about itself in its data folder. */
export type RunningStack = {
  readonly pid: number
  readonly url: string
  readonly databaseUrl: string
  /** The Horizon of the network that it pays on. */
  readonly horizonUrl?: string | undefined
  readonly hasSandbox?: boolean
}

/** Writes down where a stack can be reached. */
export function announceRunning(dataFolder: string, running: RunningStack): Promise<void> {
  return writePrivately(fileIn(dataFolder), `${JSON.stringify(running, null, 2)}\n`)
}

/** Takes the announcement back. */
export function withdrawRunning(dataFolder: string): Promise<void> {
  return rm(fileIn(dataFolder), { force: true })
}

/** The announcement in a data folder. A stack that was killed could not take it back, so it may be out of date. */
export async function readRunning(dataFolder: string): Promise<RunningStack | undefined> {
  try {
    return JSON.parse(await readFile(fileIn(dataFolder), 'utf8')) as RunningStack
  } catch {
    return undefined
  }
}

const fileIn = (dataFolder: string): string => join(dataFolder, 'stack.json')
