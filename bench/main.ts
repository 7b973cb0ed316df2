import { parseArgs } from 'node:util'
import type { Benchmark } from './measure.ts'
import { writeBenchmarks } from './report.ts'

/** Every benchmark, loaded only when it runs. */
const BENCHMARKS: Readonly<Record<string, { readonly shows: string; readonly load: () => Promise<Benchmark> }>> = {
  stack: {
    shows: 'from nothing to everybody paid: seconds and memory of the local stack',
    load: async () => (await import('./stack.ts')).stack,
  },
  rls: {
    shows: 'what row level security costs, against the same query without it',
    load: async () => (await import('./rls.ts')).rls,
  },
  api: {
    shows: 'a mix of twelve calls over PostgREST, against the same answers without row level security',
    load: async () => (await import('./api.ts')).api,
  },
  payroll: {
    shows: 'creating, submitting and approving a run, against one bare insert',
    load: async () => (await import('./payroll.ts')).payroll,
  },
  disburse: {
    shows: 'payments in a ledger, and transactions of a run when some people cannot be paid',
    load: async () => (await import('./disburse.ts')).disburse,
  },
  cost: {
    shows: 'processor time of a payment, in runs of 100 to 10,000 people',
    load: async () => (await import('./cost.ts')).cost,
  },
  payday: {
    shows: '10,000 people with every kind of bad payee, lost answers and dying workers, judged on the ledger',
    load: async () => (await import('./payday.ts')).payday,
  },
  space: {
    shows: 'bytes that a payment leaves in the tables, and updates that stay in their page',
    load: async () => (await import('./space.ts')).space,
  },
  race: {
    shows: 'two people submit and approve at the same moment, 500 times',
    load: async () => (await import('./race.ts')).race,
  },
  webhooks: {
    shows: 'deliveries from the queue to the receiver, against pg-boss and graphile-worker at their best',
    load: async () => (await import('./webhooks.ts')).webhooks,
  },
  restarts: {
    shows:
      'how long a payment stands still when its worker is killed, and an event beside a company whose receivers hang',
    load: async () => (await import('./restarts.ts')).restarts,
  },
  faults: {
    shows: 'a worker of webhooks killed a thousand times at random: about half an hour',
    load: async () => (await import('./faults.ts')).faults,
  },
  sync: {
    shows:
      'reading the ledger: requests for wallets, rows of history against COPY, an idle hour, streams against pages',
    load: async () => (await import('./sync.ts')).sync,
  },
  console: {
    shows: 'the web app: weight of the first load, time until it can be used, 10,000 people, round trips',
    load: async () => (await import('./console.ts')).consoleInChromium,
  },
  sdk: {
    shows: 'what the SDK weighs, costs over supabase-js by hand, and takes to type-check',
    load: async () => (await import('./sdk.ts')).sdk,
  },
  db: {
    shows: 'the migration tools: check, prove, planted mistakes, and what push costs over the bare command',
    load: async () => (await import('./db.ts')).db,
  },
}

const HELP = `npm run bench [-- <name> …] [-- --json]

Runs the named benchmarks (default: all) and writes docs/benchmarks.md and bench/results.json. Both sides of a comparison run interleaved in one run; what is
reported is the median of the ratios and their spread. --json prints the results instead of writing them.

${Object.entries(BENCHMARKS)
  .map(([name, { shows }]) => `  ${name.padEnd(10)} ${shows}`)
  .join('\n')}
`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
})

if (values.help) {
  process.stdout.write(HELP)
} else {
  process.exitCode = await runBenchmarks(positionals, values.json === true)
}

async function runBenchmarks(names: readonly string[], json: boolean): Promise<number> {
  const unknown = names.filter((name) => BENCHMARKS[name] === undefined)
  if (unknown.length > 0) {
    process.stderr.write(`There is no benchmark ${unknown.join(', ')}.\n\n${HELP}`)
    return 2
  }
  const results = []
  for (const name of names.length === 0 ? Object.keys(BENCHMARKS) : names) {
    process.stderr.write(`${name} …\n`)
    const benchmark = await BENCHMARKS[name]?.load()
    if (benchmark !== undefined)
      results.push({ name, ...(await benchmark((line) => process.stderr.write(`  ${line}\n`))) })
  }
  if (json) process.stdout.write(`${JSON.stringify(results, null, 2)}\n`)
  else await writeBenchmarks(results)
  return 0
}
