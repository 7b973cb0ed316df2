import { parseArgs } from 'node:util'

/** What was asked for on the command line. */
export type DemoArguments =
  | { readonly help: true }
  | {
      readonly help: false
      readonly json: boolean
      readonly employees: number | undefined
      readonly seed: string
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
  --json                        runs on a stack of its own and prints the result as one JSON object
                                on the last line; progress goes to standard error
  --data <folder>               looks for a running stack on this data folder (default: .payd)
  --help                        prints this

Exit codes: 0 when the books of PayD and of the ledger are equal and every webhook was verified, 1 when
not, 2 for a mistake on the command line.
`

/** The most people the demo makes up: each needs a wallet, which takes the sandbox some milliseconds. */
const MOST_EMPLOYEES = 100_000

/** The arguments after the command. Throws UsageError for what cannot be meant. */
export function readArguments(words: readonly string[]): DemoArguments {
  const { help, json, employees, seed, data } = parse(words)
  if (help) return { help }
  if (seed !== undefined && employees === undefined) {
    throw new UsageError('--seed makes up people, so it needs --employees as well: --employees 50 --seed spring.')
  }
  if (seed?.trim() === '') throw new UsageError('--seed needs a text that is not empty, such as --seed spring.')
  const count = employees === undefined ? undefined : Number(employees)
  if (count !== undefined && !(/^\d+$/.test(employees ?? '') && count >= 1 && count <= MOST_EMPLOYEES)) {
    throw new UsageError(
      `--employees needs a whole number from 1 to ${MOST_EMPLOYEES}, not ${JSON.stringify(employees)}.`,
    )
  }
  if (data !== undefined && (json || employees !== undefined)) {
    throw new UsageError('--data names a running stack, and --json and --employees start one of their own.')
  }
  return { help, json, employees: count, seed: seed ?? 'acme', data: data ?? '.payd' }
}

interface Words {
  help: boolean
  json: boolean
  employees?: string
  seed?: string
  data?: string
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
      },
    })
    return values
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}
