import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { barriersOf } from './support/barriers.ts'
import { cutOff, newVisitor, openBrowser, picture, signIn, type Visitor } from './support/browser.ts'
import { openEndpoint, type TestEndpoint } from './support/endpoint.ts'
import { foundCompany, type OwnCompany } from './support/own-company.ts'

// One endpoint of one company; each test stands on what the one before left.
const { url } = inject('console')

let browser: Browser
let endpoint: TestEndpoint
let company: OwnCompany
let admin: Visitor
let page: Page

beforeAll(async () => {
  ;[browser, endpoint, company] = await Promise.all([openBrowser(), openEndpoint(), foundCompany('hooked')])
  admin = await newVisitor(browser)
  page = admin.page
  await signIn(admin, company.admin.email)
  await page.goto(`${url}/o/${company.id}/webhooks`)
})
afterAll(async () => {
  await browser?.close()
  await endpoint?.close()
})

test('a test event is delivered at once, shown with what was sent, and sent once more', async () => {
  await page.getByRole('button', { name: 'New endpoint' }).click()
  await page.getByRole('dialog').getByLabel('Address').fill(endpoint.url)
  await page.getByRole('dialog').getByRole('button', { name: 'Subscribe' }).click()
  await page.getByRole('button', { name: 'I have kept it' }).click()
  await page.getByRole('button', { name: 'Send a test' }).click()
  await page.getByText('The test event is on its way.').first().waitFor()

  const row = page.getByRole('row').filter({ hasText: 'test.ping' }).filter({ hasText: 'Delivered' })
  await row.first().waitFor()
  await row.first().getByRole('button', { name: 'test.ping' }).click()
  const sheet = page.getByRole('dialog')
  await sheet.getByText('This is a test.').waitFor()
  // A message that is fading away has no contrast any more.
  await page.getByText('The test event is on its way.').first().waitFor({ state: 'detached' })
  expect(await barriersOf(page)).toEqual([])
  await picture(page, 'webhook-delivery')
  await sheet.getByRole('button', { name: 'Send again' }).click()
  await page.getByText('It is sent again.').first().waitFor()
  await page.keyboard.press('Escape')
  await row.nth(1).waitFor()
  expect(endpoint.ids.filter((id) => id === endpoint.ids.at(-1))).toHaveLength(2)
})

test('a new secret is made until five of them are valid, and then refused with a reason', async () => {
  for (let secrets = 1; secrets < 5; secrets++) {
    await page.getByRole('button', { name: 'New secret' }).click()
    await page.getByRole('button', { name: 'I have kept it' }).click()
    await page.getByRole('dialog', { name: 'The signing secret' }).waitFor({ state: 'detached' })
  }
  await page.getByRole('button', { name: 'New secret' }).click()
  await page.getByRole('alert').getByText('has 5 valid secrets already').waitFor()
  // What was refused once is not held against the next command.
  await page.getByRole('button', { name: 'Send again what was given up' }).click()
  await page.getByText('0 events are sent again.').first().waitFor()
  await page.getByRole('alert').waitFor({ state: 'detached' })
})

test('an endpoint that is gone is told, its delivery was given up, and nothing is offered to be sent to it', async () => {
  const asleep = await newVisitor(browser)
  await cutOff(asleep)
  await signIn(asleep, company.admin.email)
  await asleep.page.goto(`${url}/o/${company.id}/webhooks`)
  await asleep.page.getByRole('button', { name: 'Send a test' }).waitFor()

  endpoint.answer(410)
  await page.getByRole('button', { name: 'Send a test' }).click()
  await page.getByText('Gone', { exact: true }).waitFor()
  expect(await page.getByRole('button', { name: 'Send a test' }).count()).toBe(0)
  const givenUp = page.getByRole('row').filter({ hasText: 'Given up' }).getByRole('button', { name: 'test.ping' })
  await givenUp.first().click()
  const again = page.getByRole('dialog').getByRole('button', { name: 'Send again' })
  await page.getByRole('dialog').getByText('Nothing is sent to its endpoint now. Enable it first.').waitFor()
  expect(await again.getAttribute('aria-disabled')).toBe('true')
  await page.keyboard.press('Escape')

  await asleep.page.getByRole('button', { name: 'Send a test' }).click()
  await asleep.page.getByRole('alert').getByText('Nothing is sent to the webhook subscription').waitFor()
  await asleep.page.context().close()
})

test('an endpoint that is enabled again gets what it missed, and what was given up when that is asked for', async () => {
  endpoint.answer(204)
  const before = endpoint.ids.length
  await page.getByRole('button', { name: 'Enable' }).click()
  await page.getByText('It is sent to again, and what was missed as well.').first().waitFor()
  await page.getByRole('button', { name: 'Send again what was given up' }).click()
  await page
    .getByText(/^(1 event is|[02-9] events are) sent again\.$/)
    .last()
    .waitFor()
  await expect.poll(() => endpoint.ids.length, { timeout: 60_000 }).toBeGreaterThan(before)
  await page.getByText('Active', { exact: true }).waitFor()
  expect(admin.complaints).toEqual([])
})
