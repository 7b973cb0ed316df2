import { readFile } from 'node:fs/promises'
import { createClient } from '@supabase/supabase-js'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { keypairOf } from '../../tools/demo/people.ts'
import { barriersOf } from './support/barriers.ts'
import { drop, go, newVisitor, openBrowser, picture, signUp, type Visitor } from './support/browser.ts'
import { workbookOf } from './support/workbook.ts'

// One person sets up a company; each test stands on what the one before left.
const { url, secretKey } = inject('console')

let browser: Browser
let founder: Visitor
let page: Page

beforeAll(async () => {
  browser = await openBrowser()
  founder = await newVisitor(browser, { timezoneId: 'Europe/Berlin' })
  page = founder.page
})
afterAll(() => browser?.close())

test('signing in and beginning an organization have no barriers, and its time zone is the one of the founder', async () => {
  await page.goto(url)
  await page.getByRole('button', { name: 'Create an account' }).waitFor()
  expect(await barriersOf(page)).toEqual([])
  await signUp(page, 'founder@forms.example.com')
  expect(await barriersOf(page)).toEqual([])
  await page.getByLabel('Name of the organization').fill('Forms & Co')
  await page.getByRole('button', { name: 'Create it' }).click()
  await page.waitForURL(/\/o\/\d+/)
  await go(page, 'Settings')
  expect(await page.getByLabel('Time zone of the organization').inputValue()).toBe('Europe/Berlin')
  expect(await page.getByLabel('Time zone', { exact: true }).inputValue()).toBe('Europe/Berlin')
})

test('a threshold for large runs is refused with a reason, set, and removed', async () => {
  const form = page.locator('form').filter({ has: page.getByRole('button', { name: 'Set', exact: true }) })
  await form.getByLabel('From').fill('a lot')
  await form.getByRole('button', { name: 'Set', exact: true }).click()
  await form
    .getByText(/not an amount|amount/i)
    .first()
    .waitFor()
  await form.getByLabel('From').fill('100000.50')
  await form.getByRole('button', { name: 'Set', exact: true }).click()
  await page.getByText('The threshold is set.').first().waitFor()
  await page.getByText('100,000.50').waitFor()
  await page.getByRole('button', { name: 'Remove', exact: true }).first().click()
  await page.getByText('No threshold is set.').waitFor()
})

test('a schedule is previewed before it is created, and paused', async () => {
  await go(page, 'Schedules')
  await page.getByRole('button', { name: 'New schedule' }).first().click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name').fill('Month end')
  await dialog.getByLabel('Day of the month').fill('31')
  await dialog.getByText('The next twelve').waitFor()
  expect(await barriersOf(page)).toEqual([])
  await picture(page, 'schedule-form')
  await dialog.getByRole('button', { name: 'Create the schedule' }).click()
  await page.getByText('The schedule is there.').first().waitFor()
  await page.getByRole('button', { name: 'Pause' }).click()
  await page.getByText('Paused', { exact: true }).first().waitFor()
})

test('an endpoint for events that do not exist is refused, and the secret of a good one is shown once', async () => {
  await go(page, 'Webhooks')
  await page.getByRole('button', { name: 'New endpoint' }).first().click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Address').fill('https://hooks.example.com/payd')
  await dialog.getByLabel('Events').fill('salaries.*')
  await dialog.getByRole('button', { name: 'Subscribe' }).click()
  await dialog.getByRole('alert').waitFor()
  await picture(page, 'webhook-refused')
  await dialog.getByLabel('Events').fill('payroll.*\npayment.completed')
  await dialog.getByRole('button', { name: 'Subscribe' }).click()
  await page.getByText('The signing secret').waitFor()
  expect(await dialog.locator('code', { hasText: 'whsec_' }).count()).toBe(1)
  expect(await barriersOf(page)).toEqual([])
  await page.getByRole('button', { name: 'I have kept it' }).click()
  await page.getByText('hooks.example.com/payd').first().waitFor()
  expect(await page.getByText('whsec_').count()).toBe(0)
})

test('an endpoint is paused, enabled, given another secret, and deleted', async () => {
  await page.getByRole('button', { name: 'Pause' }).click()
  await page.getByText('Paused', { exact: true }).first().waitFor()
  await page.getByRole('button', { name: 'Enable' }).click()
  await page.getByRole('button', { name: 'Send a test' }).waitFor()
  await page.getByRole('button', { name: 'New secret' }).click()
  await page.getByRole('dialog').locator('code', { hasText: 'whsec_' }).waitFor()
  await page.getByRole('button', { name: 'I have kept it' }).click()
  await page.getByRole('button', { name: 'Delete' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await page.getByText('No endpoint yet').waitFor()
})

test('an invitation is withdrawn, and a preference is chosen and taken back', async () => {
  await go(page, 'Settings')
  await page.getByRole('button', { name: 'Invite' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('E-mail').fill('nobody@forms.example.com')
  await dialog.getByRole('button', { name: 'Invite' }).click()
  await dialog.locator('code').waitFor()
  await dialog.getByRole('button', { name: 'Close' }).last().click()
  await page.getByRole('button', { name: 'Withdraw: nobody@forms.example.com' }).click()
  await page.getByText('No invitation is open.').waitFor()
  await page.getByLabel('Hide amounts until I ask for them').click()
  await page.getByRole('button', { name: 'Show amounts' }).waitFor()
  await page.getByRole('button', { name: 'Back to the defaults' }).click()
  await page.getByRole('button', { name: 'Hide amounts' }).waitFor()
})

test('a minimum for a treasury is set and shown', async () => {
  const organization = Number(/\/o\/(\d+)/.exec(page.url())?.[1])
  const operator = createClient(new URL(url).origin, secretKey, { auth: { persistSession: false } })
  const { error } = await operator.rpc('enroll_source_account', {
    organization_id: organization,
    account_id: keypairOf('forms', 'treasury').publicKey(),
  })
  expect(error).toBeNull()
  await go(page, 'Wallets')
  await page.getByLabel('Minimum').fill('2500')
  await page.getByRole('button', { name: 'Watch' }).click()
  await page
    .getByText(/2,500.* XLM/)
    .first()
    .waitFor()
  expect(await barriersOf(page)).toEqual([])
  await picture(page, 'balance-minimum')
})

test('a workbook of Excel is dropped, a row of it mended in place, imported, and taken back', async () => {
  await go(page, 'Import')
  const wallet = keypairOf('forms', 'Jörg').publicKey()
  const content = workbookOf([
    ['Vorname', 'Nachname', 'Kontakt', 'Gehalt im Monat', 'Wallet', 'Eintritt'],
    // Excel keeps seventeen digits and shows fifteen.
    ['Jörg', 'Müller', 'joerg@forms.example.com', 1234.5600000000002, wallet, 45000],
    ['Žofie', 'Nová', 'not an address', 900, '', 45001],
  ])
  await drop(page, { name: 'Team 2026.xlsx', content })
  await page.getByText('Team 2026.xlsx').waitFor()
  await page.getByLabel('Kontakt: It is').selectOption('email')
  await page.getByLabel('Gehalt im Monat: It is').selectOption('salary')
  expect(await barriersOf(page)).toEqual([])
  await page.getByRole('button', { name: 'Check every row' }).click()
  await page.getByText('1 new · 0 changed · 0 unchanged · 1 refused').waitFor()
  await page.getByRole('row').getByLabel('E-mail').fill('zofie@forms.example.com')
  expect(await page.getByRole('button', { name: /^Import/ }).getAttribute('aria-disabled')).toBe('true')
  await page.getByRole('button', { name: 'Check again' }).click()
  await page.getByText('2 new · 0 changed · 0 unchanged · 0 refused').waitFor()
  await picture(page, 'import-workbook')
  await page.getByRole('button', { name: 'Import 2 rows' }).click()
  await page.getByRole('button', { name: 'Undo: remove the new people' }).click()
  await page.getByText('2 people are removed again.').waitFor()
  await go(page, 'People')
  await page.getByText('No people yet').waitFor()
})

test('a file of an old Windows program is read in its own encoding, with semicolons and decimal commas', async () => {
  await go(page, 'Import')
  const wallet = keypairOf('forms', 'Jörg').publicKey()
  const lines = [
    'Vorname;Nachname;E-Mail;Gehalt;Wallet',
    `Jörg;Müller;joerg@forms.example.com;1.234,56;${wallet}`,
    `Zoë;Ängström;zoe@forms.example.com;900,5;${keypairOf('forms', 'Zoe').publicKey()}`,
  ]
  await drop(page, { name: 'lohn.csv', content: Buffer.from(lines.join('\r\n'), 'latin1') })
  await page.getByLabel('The file is not UTF-8. Which one is it?').selectOption('windows-1252')
  await page.getByText('Jörg · Zoë').waitFor()
  await page.getByLabel('Gehalt: It is').selectOption('salary')
  await page.getByLabel('Decimal sign of the pay').selectOption('comma')
  await page.getByRole('button', { name: 'Check every row' }).click()
  await page.getByText('2 new · 0 changed · 0 unchanged · 0 refused').waitFor()
  await page.getByRole('button', { name: 'Import 2 rows' }).click()
  await page.getByRole('heading', { name: 'Imported' }).waitFor()
  await go(page, 'People')
  await page.getByRole('link', { name: 'Müller, Jörg' }).waitFor()
  await page.getByText('1,234.56 XLM').waitFor()

  await page.getByRole('button', { name: 'Pay per period' }).click()
  expect(await page.getByRole('table').getByRole('link').allTextContents()).toEqual(['Ängström, Zoë', 'Müller, Jörg'])
  await page.getByRole('button', { name: 'Pay per period' }).click()
  expect(await page.getByRole('columnheader', { name: 'Pay per period' }).getAttribute('aria-sort')).toBe('descending')
  expect(await page.getByRole('table').getByRole('link').allTextContents()).toEqual(['Müller, Jörg', 'Ängström, Zoë'])
})

test('a file that would change people shows every value that changes or disappears before it is imported', async () => {
  await go(page, 'Import')
  const wallet = keypairOf('forms', 'Jörg').publicKey()
  const lines = [
    'first_name,last_name,email,salary,wallet_address,position',
    `Jörg,Müller,joerg@forms.example.com,2000,,Lead`,
    `Zoë,Ängström,zoe@forms.example.com,900.5,${wallet},`,
  ]
  await drop(page, { name: 'changes.csv', content: Buffer.from(lines.join('\n')) })
  await page.getByRole('button', { name: 'Check every row' }).click()
  await page.getByText('0 new · 2 changed · 0 unchanged · 0 refused').waitFor()
  const rows = page.getByRole('row').filter({ hasText: '→' })
  await rows.nth(1).waitFor()
  const [first, second] = await rows.allTextContents()
  expect(first).toContain('Pay per period: 1234.56 → 2000')
  expect(first).toContain(`Payout address: ${wallet} → nothing`)
  expect(first).toContain('Position: nothing → Lead')
  expect(first).toContain('The payout address is taken away')
  expect(second).toContain(`→ ${wallet}`)
  expect(await barriersOf(page)).toEqual([])
})

test('a draft is edited: another amount with a reason, a person left out and added, another memo, discarded', async () => {
  await go(page, 'Payroll runs')
  await page.getByRole('button', { name: 'New run' }).first().click()
  // The draft is made, but its answers are lost: pressing again is the same command, for the same days.
  const create = '**/rest/v1/rpc/create_payroll_run*'
  await page.route(create, async (route) => {
    await route.fetch()
    await route.abort()
  })
  const from = page.getByRole('dialog').getByLabel('From')
  await expect.poll(() => from.inputValue()).toMatch(/^\d/)
  const days = await from.inputValue()
  await page.getByRole('button', { name: 'Create the draft' }).click()
  await page.getByRole('dialog').getByRole('alert').waitFor()
  await page.unroute(create)
  expect(await from.inputValue()).toBe(days)
  await page.getByRole('button', { name: 'Create the draft' }).click()
  await page.getByText('2,135.06 XLM').first().waitFor()
  await go(page, 'Payroll runs')
  await page.getByRole('link', { name: /XLM/ }).first().waitFor()
  expect(await page.getByRole('table').getByRole('link').count()).toBe(1)
  await page.getByRole('table').getByRole('link').click()

  await page.getByRole('button', { name: 'Change the pay of Jörg Müller' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Amount (XLM)').fill('1000')
  await dialog.getByLabel('Reason').fill('Half of the month without pay')
  expect(await barriersOf(page)).toEqual([])
  await picture(page, 'edit-pay')
  await dialog.getByRole('button', { name: 'Change the amount' }).click()
  await page.getByText('1,900.50 XLM').first().waitFor()
  await page.getByText('Half of the month without pay').first().waitFor()

  await page.getByRole('button', { name: 'Change the pay of Zoë Ängström' }).click()
  await dialog.getByRole('button', { name: 'Leave out: Zoë Ängström' }).click()
  await dialog.getByRole('button', { name: 'Leave out', exact: true }).click()
  await page.getByText('1 item').first().waitFor()
  await page.getByRole('button', { name: 'Add a person' }).click()
  await dialog.getByLabel('Person').fill('Zoë')
  await dialog.getByRole('button', { name: /Ängström/ }).click()
  await dialog.getByLabel('Amount (XLM)').fill('700')
  await dialog.getByLabel('Reason').fill('Agreed on the phone')
  await dialog.getByRole('button', { name: 'Add a person' }).click()
  await page.getByText('1,700.00 XLM').first().waitFor()

  await page.getByRole('button', { name: 'Change days or memo' }).click()
  await dialog.getByLabel('Memo').fill('Wages')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await page.getByText('The draft is changed.').first().waitFor()
  await page.getByRole('button', { name: 'Discard' }).click()
  await page.getByRole('button', { name: 'Restore' }).click()
  await page.getByText('It is a draft again.').first().waitFor()
})

test('two tabs that change the same draft: the second is told, and decides', async () => {
  const other = await page.context().newPage()
  other.setDefaultTimeout(60_000)
  await other.goto(page.url())
  for (const tab of [page, other]) {
    await tab.getByRole('button', { name: 'Change the pay of Jörg Müller' }).click()
    await tab.getByRole('dialog').getByLabel('Amount (XLM)').waitFor()
  }
  const save = async (tab: Page, amount: string) => {
    await tab.getByRole('dialog').getByLabel('Amount (XLM)').fill(amount)
    await tab.getByRole('dialog').getByLabel('Reason').fill(`It is ${amount}`)
    await tab.getByRole('dialog').getByRole('button', { name: 'Change the amount' }).click()
  }
  await save(page, '1100')
  await page.getByText('1,800.00 XLM').first().waitFor()
  await save(other, '1200')
  await other.getByText('Somebody else changed this while you were editing.').waitFor()
  await picture(other, 'draft-conflict')
  await other.getByRole('button', { name: 'Save mine over it' }).click()
  await other.getByText('1,900.00 XLM').first().waitFor()
  await other.close()
})

test('somebody who forgot the password sets a new one with the code in the message', async () => {
  const { page: forgetful } = await newVisitor(browser)
  await forgetful.goto(url)
  await forgetful.getByRole('link', { name: 'Forgot your password?' }).click()
  // The page before has a field of the same name.
  await forgetful.getByRole('heading', { name: 'A new password' }).waitFor()
  await forgetful.getByLabel('E-mail').fill('founder@forms.example.com')
  await forgetful.getByRole('button', { name: 'Send the message' }).click()
  await forgetful.getByText('If there is an account with this address').waitFor()
  expect(await barriersOf(forgetful)).toEqual([])
  const mails = await readFile(inject('console').mailFile, 'utf8')
  const mail = mails.slice(mails.lastIndexOf('To: founder@forms.example.com'))
  const code = /\b\d{6}\b/.exec(mail.replaceAll(/<style.*?<\/style>|#[0-9a-f]{6}|href="[^"]*"/gs, ''))?.[0] ?? ''
  await forgetful.getByLabel('Code from the message').fill(code === '000000' ? '000001' : '000000')
  await forgetful.getByLabel('New password').fill('a new and better password')
  await forgetful.getByRole('button', { name: 'Set the password' }).click()
  await forgetful.getByText('The code is wrong or too old.').waitFor()
  await picture(forgetful, 'recover')
  await forgetful.getByLabel('Code from the message').fill(code)
  await forgetful.getByRole('button', { name: 'Set the password' }).click()
  await forgetful.getByRole('heading', { name: 'Forms & Co', level: 1 }).waitFor()

  const { page: afterwards } = await newVisitor(browser)
  await afterwards.goto(url)
  await afterwards.getByLabel('E-mail').fill('founder@forms.example.com')
  await afterwards.getByLabel('Password').fill('a new and better password')
  await afterwards.getByRole('button', { name: 'Sign in' }).click()
  await afterwards.getByRole('heading', { name: 'Forms & Co', level: 1 }).waitFor()
})

test('no page broke, and no rule of the policy was broken', () => {
  expect(founder.complaints).toEqual([])
})
