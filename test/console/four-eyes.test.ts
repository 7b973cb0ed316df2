import { createClient } from '@supabase/supabase-js'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { formatAmount, parseAmount } from '../../src/index.ts'
import { keypairOf } from '../../tools/demo/people.ts'
import { barriersOf } from './support/barriers.ts'
import { go, newVisitor, openBrowser, picture, signUp, type Visitor } from './support/browser.ts'

const { url, secretKey, treasury, newcomers } = inject('console')
const CLERK = 'clerk@newco.example.com'
const BOSS = 'boss@newco.example.com'

let browser: Browser
let clerk: Visitor
let boss: Visitor
let employee: Visitor

beforeAll(async () => {
  browser = await openBrowser()
  clerk = await newVisitor(browser)
  boss = await newVisitor(browser)
  employee = await newVisitor(browser)
})
afterAll(() => browser?.close())

test('a person signs up, begins an organization and invites another, who joins by the link', async () => {
  const { page } = clerk
  await signUp(page, CLERK)
  await page.getByLabel('Name of the organization').fill('Newco')
  await page.getByRole('button', { name: 'Create it' }).click()
  await page.getByRole('heading', { name: 'Newco', level: 1 }).waitFor()

  await go(page, 'Settings')
  await page.getByRole('button', { name: 'Invite' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('E-mail').fill(BOSS)
  await dialog.getByLabel('Role').selectOption('admin')
  await dialog.getByRole('button', { name: 'Invite' }).click()
  const link = (await dialog.locator('code').textContent()) ?? ''
  expect(link).toMatch(/\/join#member=/)

  await signUp(boss.page, BOSS, link)
  await boss.page.getByRole('button', { name: 'Join' }).click()
  await boss.page.getByRole('heading', { name: 'Newco', level: 1 }).waitFor()
  expect(boss.page.url()).not.toContain('member=')
  await dialog.getByRole('button', { name: 'Close' }).last().click()
  await enroll(page)
})

test('a spreadsheet is imported as it is: columns named by a person, a refused row mended in place', async () => {
  const { page } = clerk
  await go(page, 'Import')
  const [ada, grace, zoe] = newcomers
  const lines = [
    'Vorname;Nachname;Kontakt;Lohn;Wallet;Schuhgröße',
    ...[ada, grace].map(
      (one) => `${one?.first};${one?.last};${one?.email};${one?.salary.replace('.', ',')};${one?.wallet};38`,
    ),
    `${zoe?.first};${zoe?.last};not an address;${zoe?.salary.replace('.', ',')};${zoe?.wallet};40`,
  ]
  await page
    .locator('input[type=file]')
    .setInputFiles({ name: 'team.csv', mimeType: 'text/csv', buffer: Buffer.from(lines.join('\n')) })
  await page.getByLabel('Kontakt: It is').selectOption('email')
  await page.getByLabel('Lohn: It is').selectOption('salary')
  await page.getByLabel('Decimal sign of the pay').selectOption('comma')
  await picture(page, 'import-columns')
  await page.getByRole('button', { name: 'Check every row' }).click()

  await page.getByText('2 new · 0 changed · 0 unchanged · 1 refused').waitFor()
  await picture(page, 'import-refused')
  await page
    .getByRole('row')
    .getByLabel('E-mail')
    .fill(zoe?.email ?? '')
  await page.getByRole('button', { name: 'Check again' }).click()
  await page.getByText('3 new · 0 changed · 0 unchanged · 0 refused').waitFor()
  await page.getByRole('button', { name: 'Import 3 rows' }).click()
  await page.getByRole('heading', { name: 'Imported' }).waitFor()
})

test('a run is drafted and submitted, and its author is not offered to approve it', async () => {
  const { page } = clerk
  await go(page, 'Payroll runs')
  await page.getByRole('button', { name: 'New run' }).first().click()
  await page.getByRole('button', { name: 'Create the draft' }).click()
  await page.getByRole('heading', { level: 1, name: /XLM/ }).waitFor()
  await page.getByText('95.8700001 XLM').first().waitFor()
  await page.getByRole('button', { name: 'Ask the ledger' }).click()
  await page.getByText('Everybody can be paid').waitFor({ timeout: 60_000 })
  await picture(page, 'run-draft')
  await page.getByRole('button', { name: 'Submit for approval' }).click()
  await page.getByText('Waits for approval').first().waitFor()
  const approve = page.getByRole('button', { name: 'Approve' })
  expect(await approve.getAttribute('aria-disabled')).toBe('true')
  await page.getByText('You submitted this run, so another person must approve it.').waitFor()
})

test('another person sends it back with a reason, which its author reads at once; then it is submitted anew', async () => {
  await boss.page.goto(clerk.page.url())
  await boss.page.getByRole('button', { name: 'Send back' }).click()
  const dialog = boss.page.getByRole('dialog')
  await dialog.getByLabel('What must be changed').fill('Please check the bonus of Grace.')
  await dialog.getByRole('button', { name: 'Send back' }).click()
  await clerk.page.getByText('Please check the bonus of Grace.').waitFor()
  await clerk.page.getByRole('button', { name: 'Submit for approval' }).click()
  await boss.page.getByText('0 of 1 approvals').waitFor()
})

test('the other person approves exactly what is shown, and the money moves to a receipt with every transaction', async () => {
  const { page } = boss
  await page.getByRole('button', { name: 'Approve' }).click()
  await page.getByRole('dialog').getByText('95.8700001 XLM').first().waitFor()
  await picture(page, 'run-approve')
  await page.getByRole('dialog').getByRole('button', { name: 'Yes, approve' }).click()
  await page.getByRole('button', { name: 'Pay now' }).waitFor()
  await page.getByText('After this run').first().waitFor()
  await picture(page, 'run-approved')

  // The author follows live, and pays what another person approved.
  await clerk.page.getByRole('button', { name: 'Pay now' }).click()
  await clerk.page.getByRole('button', { name: 'Yes, pay 95.8700001 XLM' }).click()
  await page.getByText('Everybody is paid').waitFor()
  await clerk.page.getByText('Everybody is paid').waitFor()
  await picture(page, 'run-paid')
  // What was paid is drawn on the first page, month by month.
  await go(page, 'Home', 'Newco')
  await page.locator('.recharts-bar-rectangle path').first().waitFor()
  await picture(page, 'home-paid')
  await page.goBack()

  await page.getByRole('link', { name: 'Receipt' }).click()
  await page.getByRole('heading', { name: /^Receipt/ }).waitFor()
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Download JSON' }).click()
  const receipt = JSON.parse(await textOf(await (await download).createReadStream())) as Receipt
  expect(Object.fromEntries(receipt.payments.map(({ employee, amount }) => [employee, amount]))).toEqual(
    Object.fromEntries(
      newcomers.map(({ first, last, salary }) => [`${first} ${last}`, formatAmount(parseAmount(salary))]),
    ),
  )
  expect(receipt.payments.every(({ transaction_hash }) => /^[0-9a-f]{64}$/.test(transaction_hash))).toBe(true)
  const places = receipt.payments.map(
    ({ transaction_hash, operation_index }) => `${transaction_hash} ${operation_index}`,
  )
  expect(new Set(places).size).toBe(newcomers.length)
  await picture(page, 'receipt')
})

test('a new payout address waits, and only another person than the one who asked can confirm it', async () => {
  await boss.page.goto(clerk.page.url().replace(/\/runs\/.*/, '/settings'))
  await boss.page.getByLabel('A new payout address takes effect').selectOption('second_person')
  await boss.page.getByRole('button', { name: 'Save' }).click()
  await boss.page.getByText('Saved.').first().waitFor()

  const { page } = clerk
  await go(page, 'People')
  await page.getByRole('link', { name: 'Lovelace, Ada' }).click()
  await page.getByRole('button', { name: 'Edit' }).click()
  const wallet = keypairOf('newcomers', 'elsewhere').publicKey()
  await page.getByLabel('Payout address').fill(wallet)
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Another payout address waits').waitFor()
  await page.keyboard.press('Escape')

  await go(page, 'Address changes')
  expect(await page.getByRole('button', { name: 'Confirm' }).getAttribute('aria-disabled')).toBe('true')
  await go(boss.page, 'Address changes')
  await boss.page.getByRole('button', { name: 'Confirm' }).click()
  await picture(boss.page, 'address-change')
  await boss.page.getByRole('dialog').getByRole('button', { name: 'Confirm' }).click()
  await page.getByText('In force').waitFor()
})

test('an employee is invited to the own view, and sees the own payslip and nothing of others', async () => {
  const { page } = clerk
  const [, grace] = newcomers
  await go(page, 'People')
  await page.getByRole('link', { name: 'Hopper, Grace' }).click()
  await page.getByRole('button', { name: 'Invite to the own view' }).click()
  const link = (await page.getByRole('dialog').locator('code', { hasText: '#employee=' }).textContent()) ?? ''
  expect(link).toMatch(/\/join#employee=/)

  await signUp(employee.page, grace?.email ?? '', link)
  await employee.page.getByRole('button', { name: 'Join' }).click()
  await employee.page.getByRole('heading', { level: 1, name: 'My pay' }).waitFor()
  await employee.page.getByText('40.0000001 XLM').waitFor()
  await picture(employee.page, 'own-view')
  expect(await barriersOf(employee.page)).toEqual([])
  expect(await employee.page.getByRole('navigation').getByRole('link').allTextContents()).toEqual(['My pay'])
  // The month in which the test runs.
  await employee.page.getByRole('link', { name: /^[A-Z][a-z]+ 20\d\d$/ }).click()
  await employee.page.getByRole('heading', { level: 1, name: /Payslip/ }).waitFor()
  await picture(employee.page, 'own-payslip')
})

test('no page broke, no rule of the policy was broken, and no token stood in any address', () => {
  expect([clerk, boss, employee].flatMap(({ complaints }) => complaints)).toEqual([])
  for (const address of [clerk, boss, employee].flatMap(({ asked }) => asked)) {
    // Supabase's WebSocket carries the publishable key, which is no secret.
    expect(address).not.toMatch(/access_token|refresh_token|eyJ|member=|employee=|token=/)
  }
})

interface Receipt {
  readonly payments: readonly {
    readonly employee: string
    readonly amount: string
    readonly transaction_hash: string
    readonly operation_index: number
  }[]
}

/** What an operator does once: the treasury of the stack pays for this organization. */
async function enroll(page: Page): Promise<void> {
  const organization = Number(/\/o\/(\d+)/.exec(page.url())?.[1])
  const operator = createClient(new URL(url).origin, secretKey, { auth: { persistSession: false } })
  const { error } = await operator.rpc('enroll_source_account', { organization_id: organization, account_id: treasury })
  expect(error).toBeNull()
}

async function textOf(stream: AsyncIterable<Buffer | string>): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks).toString('utf8')
}
