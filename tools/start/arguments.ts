import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { projectRoot } from '../lib/project.ts'
import { type NamedNetwork, namedNetwork } from '../lib/stellar-networks.ts'

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
  /** A network of others; undefined for the sandbox. */
  readonly network: NamedNetwork | undefined
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
  --network testnet Pays on Stellar's test network instead of a sandbox, ten made-up people with money of friendbot.
                    Its data are in .payd-testnet. The public network is refused.
  --horizon <url>   Another Horizon of the test network.
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
  const network = networkOf(values)
  // One project serves one network for ever.
  const folder = network === undefined ? '.payd' : '.payd-testnet'
  return {
    help: values.help,
    port: readPort(values.port),
    dataFolder: resolve(values.data ?? join(projectRoot(), folder)),
    fresh: values.fresh,
    demo: !values['no-demo'],
    network,
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
        network: { type: 'string' },
        horizon: { type: 'string' },
      },
    }).values
  } catch (cause) {
    throw new StartUsageError(cause instanceof Error ? cause.message : String(cause))
  }
}

function networkOf(values: { readonly network?: string; readonly horizon?: string }): NamedNetwork | undefined {
  try {
    return namedNetwork(values.network, values.horizon)
  } catch (error) {
    throw new StartUsageError(error instanceof Error ? error.message : String(error))
  }
}

function readPort(text: string): number {
  const port = /^\d+$/.test(text) ? Number(text) : Number.NaN
  if (port >= 1024 && port <= HIGHEST_PORT) return port
  throw new StartUsageError(
    `--port ${text} is not a port. Give a number from 1024 to ${HIGHEST_PORT}, for example --port 54400.`,
  )
}
