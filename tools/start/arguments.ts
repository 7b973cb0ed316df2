import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { projectRoot } from '../lib/project.ts'

const DEFAULT_PORT = 54321
/** The database and the sandbox wish for ports a little above the gateway's. */
const HIGHEST_PORT = 65_525

/** What `npm start` was asked to do. */
export type StartArguments = {
  readonly help: boolean
  readonly port: number
  readonly dataFolder: string
  readonly fresh: boolean
  readonly demo: boolean
}

/** Thrown for arguments that make no sense; the message says which and what to write instead. */
export class StartUsageError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'StartUsageError'
  }
}

/** What `npm start -- --help` prints. */
export const USAGE = `npm start [-- <options>]

Runs PayD on this machine, without Docker: PostgreSQL with all migrations, the data API (PostgREST), the auth
service, the edge functions, their schedule, and a Stellar sandbox. Then it pays the 250 people of a made-up company,
as proof. It goes on until Ctrl-C and keeps its data in the folder .payd, so the next start continues there.

  --port <number>   Port of the API on 127.0.0.1 (default ${DEFAULT_PORT}). The database and the sandbox listen
                    9 and 10 above it, or on free ports if these are in use.
  --data <folder>   Folder for data, keys and logs (default .payd). Two stacks need two folders and two ports.
  --fresh           Forgets all data and keys of the folder first.
  --no-demo         Starts without paying anybody.
  --help            Shows this text.

Examples
  npm start
  npm start -- --port 54400 --data .payd-2
  npm start -- --fresh --no-demo
`

/** Reads the words after `npm start --`. Throws StartUsageError. */
export function readStartArguments(words: readonly string[]): StartArguments {
  const values = parse(words)
  return {
    help: values.help,
    port: readPort(values.port),
    dataFolder: resolve(values.data ?? join(projectRoot(), '.payd')),
    fresh: values.fresh,
    demo: !values['no-demo'],
  }
}

function parse(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      options: {
        help: { type: 'boolean', short: 'h', default: false },
        port: { type: 'string', default: String(DEFAULT_PORT) },
        data: { type: 'string' },
        fresh: { type: 'boolean', default: false },
        'no-demo': { type: 'boolean', default: false },
      },
    }).values
  } catch (cause) {
    throw new StartUsageError(cause instanceof Error ? cause.message : String(cause))
  }
}

function readPort(text: string): number {
  const port = /^\d+$/.test(text) ? Number(text) : Number.NaN
  if (port >= 1024 && port <= HIGHEST_PORT) return port
  throw new StartUsageError(
    `--port ${text} is not a port. Give a number from 1024 to ${HIGHEST_PORT}, for example --port 54400.`,
  )
}
