import { createClient } from '@supabase/supabase-js'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { keypairOf } from '../../tools/demo/people.ts'
import { barriersOf } from './support/barriers.ts'
import { go, newVisitor, openBrowser, picture, signUp, type Visitor } from './support/browser.ts'

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

test('no page broke, and no rule of the policy was broken', () => {
  expect(founder.complaints).toEqual([])
})
