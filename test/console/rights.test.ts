import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import type { PayrollRun } from '../../src/index.ts'
import { cutOff, go, newVisitor, openBrowser, picture, signIn, type Visitor } from './support/browser.ts'
import { peopleOf } from './support/company.ts'
import { foundCompany, type OwnCompany, signUp } from './support/own-company.ts'

// An admin and a manager of one company; each test stands on what the one before left.
const { url } = inject('console')

let browser: Browser
let company: OwnCompany
let admin: Visitor
let manager: Visitor
let draft: PayrollRun

beforeAll(async () => {
  ;[browser, company] = await Promise.all([openBrowser(), foundCompany('rights')])
  const rows = peopleOf('rights').map(({ first, last, email, salary, wallet }, index) => ({
    ...{ line: index + 2, first_name: first, last_name: last, email, salary, wallet_address: wallet },
  }))
  await company.manager.payd.employees.importRows(rows)
  draft = await company.manager.payd.payrollRuns.create({ period_start: '2026-01-01', period_end: '2026-01-31' })
  ;[admin, manager] = [await newVisitor(browser), await newVisitor(browser)]
  await Promise.all([signIn(admin, company.admin.email), signIn(manager, company.manager.email)])
})
afterAll(() => browser?.close())

test('a bonus is refused without an amount, added, and taken out again; a second window is told that it is gone', async () => {
  const { page } = manager
  await page.goto(`${at()}/runs/${draft.id}`)
  await page.getByRole('button', { name: 'Add a bonus' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Person').fill('Hopper')
  await dialog.getByRole('button', { name: /Hopper/ }).click()
  await dialog.getByLabel('Amount (XLM)').fill('5,5')
  await dialog.getByLabel('What for').fill('Night shift')
  await dialog.getByRole('button', { name: 'Add a bonus' }).click()
  await dialog.getByRole('alert').waitFor()
  await picture(page, 'bonus-refused')
  await dialog.getByLabel('Amount (XLM)').fill('5.0000001')
  await dialog.getByRole('button', { name: 'Add a bonus' }).click()
  await page.getByText('The bonus is in the draft.').first().waitFor()
  await page.getByRole('row').filter({ hasText: 'Hopper' }).getByText('45.0000002 XLM').waitFor()

  const asleep = await sleepingWindow(company.manager.email, `/runs/${draft.id}`)
  for (const window of [page, asleep]) {
    await window.getByRole('button', { name: 'Change the pay of Grace Hopper' }).click()
    await window.getByRole('dialog').getByText('Night shift').waitFor()
  }
  await dialog.getByRole('button', { name: 'Take the bonus out' }).click()
  await page.getByRole('row').filter({ hasText: 'Hopper' }).getByText('40.0000001 XLM').waitFor()
  await asleep.getByRole('dialog').getByRole('button', { name: 'Take the bonus out' }).click()
  await asleep.getByRole('dialog').getByRole('alert').waitFor()
  await asleep.context().close()
})

test('a schedule that two windows edit is decided by a person, then paused and resumed', async () => {
  const { page } = manager
  await company.manager.payd.payrollSchedules.create({ ...MONTHLY, name: 'Month end' })
  await go(page, 'Schedules')
  const asleep = await sleepingWindow(company.manager.email, '/schedules')
  for (const window of [page, asleep]) await window.getByRole('button', { name: 'Edit' }).click()
  await rename(page, 'Last day')
  await page.getByText('Last day').first().waitFor()
  await rename(asleep, 'Ultimo')
  await asleep.getByRole('alert').getByText('Last day').waitFor()
  await picture(asleep, 'schedule-conflict')
  await asleep.getByRole('button', { name: 'Save mine over it' }).click()
  await asleep.getByText('Ultimo').first().waitFor()
  await page.reload()
  await page.getByText('Ultimo').first().waitFor()
  await page.getByRole('button', { name: 'Pause' }).click()
  await page.getByText('Paused', { exact: true }).waitFor()
  await page.getByRole('button', { name: 'Resume' }).click()
  await page.getByText('Active', { exact: true }).waitFor()
  await asleep.context().close()
})

test('a person who sees the own pay is unlinked, and another one is removed', async () => {
  const { page } = manager
  const { items } = await company.manager.payd.employees.list({ order: 'name' })
  const [hopper] = items
  if (hopper === undefined) throw new Error('Nobody is there.')
  const { token } = await company.manager.payd.employees.inviteAccount(hopper.id)
  await (await signUp(hopper.email)).payd.employees.acceptInvitation(token)
  await page.goto(`${at()}/people?person=${hopper.id}`)
  const sheet = page.getByRole('dialog')
  await sheet.getByText('The person sees the own payslips.').waitFor()
  await sheet.getByRole('button', { name: 'Take the own view away' }).click()
  await sheet.getByText('The person has no account yet.').waitFor()
  await sheet.getByRole('button', { name: 'Remove' }).click()
  await page.getByRole('dialog').last().getByRole('button', { name: 'Remove' }).click()
  await page.getByText('Removed.').first().waitFor()
  await page.getByRole('link', { name: 'Lovelace, Ada' }).waitFor()
  await page.getByRole('link', { name: 'Hopper, Grace' }).waitFor({ state: 'detached' })
})

test('a notification is marked as read, then all others are, and those of people and runs name them', async () => {
  const { page } = admin
  for (const month of ['02', '03', '04']) {
    const days = { period_start: `2026-${month}-01`, period_end: `2026-${month}-28` }
    await company.manager.payd.payrollRuns.submit(await company.manager.payd.payrollRuns.create(days))
  }
  await page.goto(`${at()}/notifications`)
  await page.getByText(/^Payroll run .* Mar .* · XLM waits for approval$/).waitFor()
  const unread = page.getByRole('button', { name: 'Mark as read', exact: true })
  const before = await unread.count()
  await unread.first().click()
  await expect.poll(() => unread.count(), { timeout: 60_000 }).toBe(before - 1)
  await page.getByRole('button', { name: 'Mark all as read' }).click()
  await page.getByText('Nothing is unread.').waitFor()
})

test('the last admin keeps the role and the place, and another member loses both', async () => {
  const { page } = admin
  const guest = await company.join('guest', 'viewer')
  await go(page, 'Settings')
  await page.getByLabel(`Role: ${company.admin.email}`).selectOption('viewer')
  await page.getByRole('alert').getByText('An organization must keep at least one admin.').waitFor()
  await page.getByRole('button', { name: `Remove: ${company.admin.email}` }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Remove' }).click()
  await dialog.getByRole('alert').getByText('An organization must keep at least one admin.').waitFor()
  await picture(page, 'last-admin')
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  await page.getByRole('button', { name: `Remove: ${guest.email}` }).click()
  // The refusal of the other person is not shown for this one.
  expect(await dialog.getByRole('alert').count()).toBe(0)
  await dialog.getByRole('button', { name: 'Remove' }).click()
  await page.getByText(guest.email, { exact: true }).waitFor({ state: 'detached' })
})

test('a manager who becomes a viewer is refused once in each window, which then offers nothing any more and says why', async () => {
  const windows = await Promise.all(
    [`/runs/${draft.id}`, '/schedules'].map((path) => sleepingWindow(company.manager.email, path)),
  )
  const [run, schedules] = windows as [Page, Page]
  await admin.page.getByLabel(`Role: ${company.manager.email}`).selectOption('viewer')
  await admin.page.getByText('The role is changed.').first().waitFor()
  for (const [window, button] of [
    [run, 'Discard'],
    [schedules, 'Pause'],
  ] as const) {
    await window.getByRole('button', { name: button }).click()
    await window.getByRole('alert').getByText('This needs the role manager in the organization.').waitFor()
    await window.getByRole('button', { name: button }).waitFor({ state: 'detached' })
    await window.getByText('Only managers and admins may do this.').first().waitFor()
  }
  expect([admin, manager].flatMap(({ complaints }) => complaints)).toEqual([])
  await Promise.all(windows.map((window) => window.context().close()))
})

const MONTHLY = { frequency: 'monthly', day_of_month: 31, time_zone: 'Europe/Berlin' } as const

const at = (): string => `${url}/o/${company.id}`

/** A window that was opened before, and hears of nothing that happens afterwards. */
async function sleepingWindow(email: string, path: string): Promise<Page> {
  const visitor = await newVisitor(browser)
  await cutOff(visitor)
  await signIn(visitor, email)
  await visitor.page.goto(`${at()}${path}`)
  await visitor.page.getByRole('main').getByRole('heading', { level: 1 }).waitFor()
  return visitor.page
}

async function rename(page: Page, name: string): Promise<void> {
  await page.getByRole('dialog').getByLabel('Name').fill(name)
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
}
