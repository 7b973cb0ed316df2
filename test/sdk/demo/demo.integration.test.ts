import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { Asset, Operation } from '@stellar/stellar-sdk/base'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { compareBooks } from '../../../tools/demo/books.ts'
import { type PrivateStack, startPrivateStack } from '../../../tools/demo/demo-stack.ts'
import { openHorizon } from '../../../tools/demo/horizon.ts'
import { makeCompany, toCsv } from '../../../tools/demo/people.ts'
import { formatReceipt, isProven } from '../../../tools/demo/receipt.ts'
import { runDemo } from '../../../tools/demo/run.ts'
import { formatSummary } from '../../../tools/demo/summary.ts'
import { assembleTeam } from '../../../tools/demo/team.ts'
import { startWebhookPage, type WebhookPage } from '../../../tools/start/webhook-page.ts'

let own: PrivateStack
let page: WebhookPage

beforeAll(async () => {
  page = await startWebhookPage(0)
  own = await startPrivateStack(200)
})

afterAll(async () => {
  await own?.stop()
  await page?.close()
})

const company = makeCompany('demo test', 12)
const pay = () =>
  runDemo({
    stack: own.stack,
    company,
    csv: toCsv(company),
    csvName: 'twelve people',
    step: (work) => work(),
    now: new Date('2026-11-20T12:00:00Z'),
    page,
  })

describe('the demo on a stack', () => {
  it('pays everybody who can be paid exactly once, explains the others, and proves it; again, it pays the next month', async () => {
    const first = await pay()
    expect(first.month.name).toBe('November 2026')
    expect(first.report).toMatchObject({ imported: 11, refused: 1 })
    expect(first.refusal.code).toBe('approver_is_submitter')
    expect(isProven(first), JSON.stringify(first.books.differences)).toBe(true)
    const summary = JSON.parse(formatSummary(first, { stack: 1, total: 2 }))
    expect(summary).toMatchObject({
      employees: 12,
      imported: 11,
      refused: [{ line: expect.any(Number), code: 'invalid_wallet_address' }],
      paid: 10,
      failed: [{ employee: expect.stringContaining('@example.'), code: 'op_no_trust' }],
      books: { equal: true },
    })
    expect(summary.books.items).toBe(summary.books.ledger)
    expect(summary.webhooks.delivered).toBeGreaterThan(10)
    expect(summary.webhooks.verified).toBe(summary.webhooks.delivered)

    const second = await pay()
    expect(second.month.name).toBe('December 2026')
    expect(second.report).toMatchObject({ imported: 0, unchanged: 11, refused: 1 })
    expect(isProven(second), JSON.stringify(second.books.differences)).toBe(true)
    const payments = second.books.assets.reduce((sum, books) => sum + books.payments, 0)
    expect(payments).toBe(20)
  })

  it('is seen on the page of webhooks, where every delivery verifies, by one subscription however often it ran', async () => {
    await vi.waitFor(
      async () => {
        const { seen } = (await (await fetch(`${page.url}/deliveries`)).json()) as { seen: Record<string, string>[] }
        expect(seen.map(({ type }) => type)).toContain('payroll.completed')
        expect(seen.filter(({ problem }) => problem !== '')).toEqual([])
      },
      { timeout: 30_000, interval: 100 },
    )
    const { admin } = await assembleTeam(own.stack, 'Acme')
    const subscriptions = await admin.payd.webhooks.subscriptions()
    expect(subscriptions.filter(({ url }) => url === page.hookUrl)).toHaveLength(1)
  })

  it('writes a receipt that names who was not paid and why', async () => {
    const receipt = formatReceipt(await pay(), process.stdout)
    expect(receipt).toContain('op_no_trust')
    expect(receipt).toContain('invalid_wallet_address')
    expect(receipt).toContain('agree to the last stroop')
  })
})

describe('the comparison of the books', () => {
  it('finds a payment that PayD knows nothing of, to the stroop', async () => {
    const horizon = await openHorizon(own.stack.horizonUrl)
    const { manager } = await assembleTeam(own.stack, 'Acme')
    const treasury = own.stack.treasury.publicKey()
    expect((await compareBooks(manager, horizon, treasury)).differences).toEqual([])

    const thief = company.people[0]?.keypair.publicKey() ?? ''
    const theft = Operation.payment({ destination: thief, asset: Asset.native(), amount: '0.0000001' })
    await horizon.submit(own.stack.treasury, [theft])
    const { differences, assets } = await compareBooks(manager, horizon, treasury)
    expect(differences).toEqual([expect.stringContaining(`The ledger paid 1 stroops of XLM to ${thief}`)])
    const xlm = assets.find((books) => books.asset === 'XLM')
    expect((xlm?.ledger ?? 0n) - (xlm?.items ?? 0n)).toBe(1n)
  })

  it('finds a payment that PayD claims and the ledger does not have', async () => {
    const horizon = await openHorizon(own.stack.horizonUrl)
    const { manager } = await assembleTeam(own.stack, 'Acme')
    const hidden: string[] = []
    const blind = {
      ...horizon,
      operations: async function* (address: string) {
        for await (const operation of horizon.operations(address)) {
          const isFirstPayment = hidden.length === 0 && operation.from === address
          if (isFirstPayment) hidden.push(operation.transaction_hash)
          else yield operation
        }
      },
    }
    const { differences } = await compareBooks(manager, blind, own.stack.treasury.publicKey())
    expect(differences).toContainEqual(
      expect.stringMatching(`PayD says it paid .* in ${hidden[0]}, and the ledger has 1 less`),
    )
    expect(differences).toContainEqual(expect.stringContaining('should be left of what it received'))
  })
})

describe('npm run demo', () => {
  const demo = (...words: string[]) => promisify(execFile)(process.execPath, ['tools/demo/main.ts', ...words])

  it('prints one JSON object on the last line and leaves with 0', async () => {
    const { stdout, stderr } = await demo('--json', '--employees', '10', '--seed', 'cli')
    expect(stdout.trimEnd().split('\n')).toHaveLength(1)
    expect(JSON.parse(stdout)).toMatchObject({ employees: 10, imported: 9, paid: 8, books: { equal: true } })
    expect(stderr).toContain('Imported 10 made-up people')
  })

  it('teaches with --help and leaves with 2 for a mistake', async () => {
    expect((await demo('--help')).stdout).toContain('--employees <n>')
    await expect(demo('--employees', 'x')).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining('whole number'),
    })
  })
})
