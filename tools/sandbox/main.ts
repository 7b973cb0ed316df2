import { parseArgs } from 'node:util'
import { createSandbox, type Provider, type Sandbox, type SandboxOptions } from './index.ts'

const HELP = `A Stellar network for development and tests: one node, real XDR, real signatures, real result codes.

Usage: npm run sandbox -- [options]

  --port <n>          port on 127.0.0.1; 0 takes a free one               (default 8000)
  --providers <n>     so many providers of one network, each with faults of its
                      own, on the ports from --port on                    (default 1)
  --ledger-ms <n>     milliseconds between ledgers, or "manual"           (default 1000)
  --data <file>       keep the ledger in this file: a restart, even after
                      kill -9, continues with the same network            (default: in memory)
  --seed <text>       names the network                                   (default local)
  --passphrase <text> network passphrase                                  (default "PayD Sandbox ; <seed>")
  --max-ops <n>       operations per ledger                               (default 1000)
  --retention <n>     ledgers of history to show, 0 for all               (default 0)
  --keep-meta         Horizon shows the metas of transactions too         (default: RPC only)
  --help              this text

What answers
  Horizon     accounts, transactions, operations, payments, effects, ledgers, claimable balances, assets,
              offers, paths, fee stats; as streams too; POST /transactions and /transactions_async
  RPC         POST /rpc: getHealth getLatestLedger getNetwork getVersionInfo getFeeStats getLedgerEntries
              getTransaction getTransactions getLedgers getEvents simulateTransaction sendTransaction
  Friendbot   GET /friendbot?addr=G...   10,000 XLM in the next ledger
  Control     GET /_sandbox, POST /_sandbox/{faults,close,clock,stop,resume,surge,rate-limit,reset}, ...

Try it
  npm run sandbox -- --port 8000
  curl 'http://127.0.0.1:8000/friendbot?addr=G...'
  curl -X POST http://127.0.0.1:8000/_sandbox/close -d '{"count":3,"seconds":5}'
  curl -X POST http://127.0.0.1:8000/_sandbox/faults -d '{"route":"submissions","kind":"status","status":504,"stage":"after"}'

docs/sandbox.md has every fault and route. Not offered: liquidity pools, inflation, longer lives of contract data
(op_not_supported), and contracts that compute.
Sign with the passphrase printed at the start; a signature made here is worth nothing on a real network.
`

await run(process.argv.slice(2))

async function run(args: readonly string[]): Promise<void> {
  try {
    const read = readArguments(args)
    if (read === null) {
      process.stdout.write(HELP)
      return
    }
    const { options, providers } = read
    const sandbox = await createSandbox(options)
    stopOnSignal(sandbox)
    const others = await openOthers(sandbox, providers)
    console.log(`Horizon     ${sandbox.url}`)
    console.log(`RPC         ${sandbox.url}/rpc`)
    console.log(`Friendbot   ${sandbox.url}/friendbot?addr=G...`)
    for (const { url } of others) console.log(`Provider    ${url}`)
    console.log(`Passphrase  ${sandbox.networkPassphrase}`)
    console.log('Stop with Ctrl-C.')
  } catch (error) {
    console.error(explain(error))
    console.error('Run with --help to see what it takes.')
    process.exitCode = 1
  }
}

function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (!('code' in error) || error.code !== 'EADDRINUSE') return error.message
  return `${error.message}. Name another port with --port, or 0 for a free one.`
}

/** The other providers; they are closed with the sandbox, also when one of their ports is taken. */
async function openOthers(sandbox: Sandbox, providers: number): Promise<Provider[]> {
  const first = Number(new URL(sandbox.url).port)
  const others: Provider[] = []
  try {
    for (let place = 1; place < providers; place += 1) others.push(await sandbox.openProvider(first + place))
  } catch (error) {
    await sandbox.close()
    throw error
  }
  return others
}

type Arguments = { readonly options: SandboxOptions; readonly providers: number }

function readArguments(args: readonly string[]): Arguments | null {
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: { type: 'string', default: '8000' },
      providers: { type: 'string', default: '1' },
      'ledger-ms': { type: 'string', default: '1000' },
      data: { type: 'string' },
      seed: { type: 'string' },
      passphrase: { type: 'string' },
      'max-ops': { type: 'string', default: '1000' },
      retention: { type: 'string', default: '0' },
      'keep-meta': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return null
  const interval = values['ledger-ms']
  const options: SandboxOptions = {
    port: numberOf('--port', values.port),
    ledgerIntervalMs: interval === 'manual' ? 'manual' : numberOf('--ledger-ms', interval),
    maxOperationsPerLedger: numberOf('--max-ops', values['max-ops']),
    historyRetentionLedgers: numberOf('--retention', values.retention),
    keepsMeta: values['keep-meta'],
    ...(values.data !== undefined && { dataFile: values.data }),
    ...(values.seed !== undefined && { seed: values.seed }),
    ...(values.passphrase !== undefined && { networkPassphrase: values.passphrase }),
  }
  const providers = numberOf('--providers', values.providers)
  if (providers < 1 || providers > 20) throw new Error(`--providers is ${providers}; it must be from 1 to 20.`)
  return { options, providers }
}

function numberOf(name: string, text: string): number {
  if (/^\d+$/.test(text)) return Number(text)
  throw new Error(`${name} is "${text}"; it must be a whole number.`)
}

function stopOnSignal(sandbox: Sandbox): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void sandbox.close())
}
