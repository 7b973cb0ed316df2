import { randomUUID } from 'node:crypto'
import { parseArgs } from 'node:util'
import { type NamedNetwork, namedNetwork } from '../lib/stellar-networks.ts'

/** What was asked for on the command line. */
export type DemoArguments =
  | { readonly help: true }
  | {
      readonly help: false
      readonly json: boolean
      readonly employees: number | undefined
      readonly seed: string
      /** A network of others; undefined for the sandbox. */
      readonly network: NamedNetwork | undefined
      /** Data folder of the running stack to look for. */
      readonly data: string
    }

/** A mistake on the command line; its message says what to type instead. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

export const USAGE = `npm run demo                    pays the 250 people of examples/acme.csv: on the stack that "npm start"
                                runs, or else on one of its own that is gone afterwards. Run it again
                                and it pays the next month.

npm run demo -- [options]
  --employees <n>               pays n made-up people instead of the file, on a stack of its own
  --seed <text>                 which people are made up; the same seed makes the same people (default: acme)
  --network testnet             pays ten made-up people on Stellar's test network, on a stack of its own, with money
                                of friendbot; --employees says how many. The public network is refused
  --horizon <url>               another Horizon of the test network
  --json                        runs on a stack of its own and prints the result as one JSON object
                                on the last line; progress goes to standard error
  --data <folder>               looks for a running stack on this data folder (default: .payd)
  --help                        prints this

Exit codes: 0 when the books of PayD and of the ledger are equal and every webhook was verified, 1 when
not, 2 for a mistake on the command line.
`

/** The most people the demo makes up: each needs a wallet, which takes the sandbox some milliseconds. */
const MOST_EMPLOYEES = 100_000

/** How many people are paid on a network of others unless it is said, and at most. */
const PEOPLE_ON_TESTNET = 10
const MOST_ON_TESTNET = 100

/** The arguments after the command. Throws UsageError for what cannot be meant. */
export function readArguments(words: readonly string[]): DemoArguments {
  const { help, json, employees, seed, data, ...named } = parse(words)
  if (help) return { help }
  const network = networkOf(named)
  if (seed !== undefined && employees === undefined && network === undefined) {
    throw new UsageError('--seed makes up people, so it needs --employees as well: --employees 50 --seed spring.')
  }
  if (seed?.trim() === '') throw new UsageError('--seed needs a text that is not empty, such as --seed spring.')
  const count = employees === undefined ? undefined : Number(employees)
  if (count !== undefined && !(/^\d+$/.test(employees ?? '') && count >= 1 && count <= MOST_EMPLOYEES)) {
    throw new UsageError(
      `--employees needs a whole number from 1 to ${MOST_EMPLOYEES}, not ${JSON.stringify(employees)}.`,
    )
  }
  if (data !== undefined && (json || employees !== undefined || network !== undefined)) {
    throw new UsageError('--data names a running stack, and --json, --employees and --network start one of their own.')
  }
  if (network !== undefined && (count ?? 0) > MOST_ON_TESTNET) {
    throw new UsageError(
      `Friendbot opens every wallet, so on the test network at most ${MOST_ON_TESTNET} people are paid.`,
    )
  }
  if (network === undefined)
    return { help, json, employees: count, seed: seed ?? 'acme', network, data: data ?? '.payd' }
  // The keys of made-up people follow from the seed, so there is no seed that everybody has.
  return { help, json, employees: count ?? PEOPLE_ON_TESTNET, seed: seed ?? randomUUID(), network, data: '.payd' }
}

function networkOf({ network, horizon }: Pick<Words, 'network' | 'horizon'>): NamedNetwork | undefined {
  try {
    return namedNetwork(network, horizon)
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

interface Words {
  help: boolean
  json: boolean
  employees?: string
  seed?: string
  data?: string
  network?: string
  horizon?: string
}

function parse(words: readonly string[]): Words {
  try {
    const { values } = parseArgs({
      args: [...words],
      options: {
        help: { type: 'boolean', short: 'h', default: false },
        json: { type: 'boolean', default: false },
        employees: { type: 'string' },
        seed: { type: 'string' },
        data: { type: 'string' },
        network: { type: 'string' },
        horizon: { type: 'string' },
      },
    })
    return values
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}
