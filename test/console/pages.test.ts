import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { barriersOf, paint } from './support/barriers.ts'
import { newVisitor, openBrowser, picture, signIn, type Visitor } from './support/browser.ts'
import { HOSTILE_NAME } from './support/company.ts'

const { organization } = inject('console')
const ADMIN = 'ada.admin@example.com'

/** Every page of an organization, with words that stand on it once it is complete. */
const PAGES = [
  ['home', '', 'Waits for you'],
  ['runs', '/runs', 'October 2026'],
  ['run-waiting', '/runs/1', 'What each person gets'],
  ['people', '/people', 'Lovelace, Ada'],
  ['person', '/people?person=1', 'Own view'],
  ['person-new', '/people?person=new', 'Payout address'],
  ['import', '/import', 'Drop the file here'],
  ['schedules', '/schedules', 'Month end'],
  ['wallets', '/wallets', 'Addresses'],
  ['address-changes', '/address-changes', 'waits for another person'],
  ['webhooks', '/webhooks', 'No endpoint yet'],
  // Whatever was done last stands at the top.
  [
    'trail',
    '/trail',
    /^\S+@\S+ (added|asked|began|changed|created|deleted|enabled|invited|made|paused|removed|subscribed|withdrew) /,
  ],
  ['notifications', '/notifications', 'Notifications'],
  ['settings', '/settings', 'My preferences'],
  ['payslip', '/runs/1/payslips/1', 'Total'],
  ['receipt', '/runs/1/receipt', 'No payment of this run is in the ledger yet.'],
] as const

let browser: Browser
let admin: Visitor

beforeAll(async () => {
  browser = await openBrowser()
  admin = await newVisitor(browser)
  await signIn(admin, ADMIN)
})
afterAll(() => browser?.close())

describe.each(PAGES)('the page %s', (name, path, words) => {
  test('has no barriers in light and dark, fits a phone, and shows texts of others as text', async () => {
    const { page } = admin
    await page.setViewportSize({ width: 1280, height: 860 })
    await open(page, path, words)
    expect(await barriersOf(page, (theme) => picture(page, `${name}-${theme}`))).toEqual([])

    await page.setViewportSize({ width: 390, height: 844 })
    await paint(page, 'light')
    await picture(page, `${name}-phone`)
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
    expect(overflow, 'pixels beyond the edge of a phone').toBeLessThanOrEqual(0)
  })
})

test('a change of address is withdrawn', async () => {
  const { page } = admin
  await page.setViewportSize({ width: 1280, height: 860 })
  await open(page, '/address-changes', 'waits for another person')
  await page.getByRole('button', { name: 'Withdraw' }).click()
  await page.getByText('Withdrawn', { exact: true }).first().waitFor()
  await page.getByText('waits for another person').first().waitFor({ state: 'detached' })
})

test('a name that is HTML is shown letter by letter', async () => {
  const { page } = admin
  await page.setViewportSize({ width: 1280, height: 860 })
  await open(page, '/people', HOSTILE_NAME)
  expect(await page.locator('img[src="x"]').count()).toBe(0)
})

test('the dialogs of a run and the palette have no barriers', async () => {
  const { page } = admin
  await open(page, '/runs/1', 'What each person gets')
  for (const button of ['Approve', 'Send back']) {
    await page.getByRole('button', { name: button }).first().click()
    await page.getByRole('dialog').waitFor()
    expect(await barriersOf(page), button).toEqual([])
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'hidden' })
  }
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox').waitFor()
  expect(await barriersOf(page), 'palette').toEqual([])
  await page.keyboard.press('Escape')
})

test('everything is reached by the keyboard: the palette leads to a page, and a row to a run', async () => {
  const { page } = admin
  await open(page, '', 'Waits for you')
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox').waitFor()
  await page.keyboard.type('Payroll')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { level: 1, name: 'Payroll runs' }).waitFor()
  const link = page.getByRole('link', { name: /October 2026/ })
  await link.waitFor()
  for (let presses = 0; presses < 60 && !(await isFocused(page, /October 2026/)); presses++)
    await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { level: 1, name: /October 2026/ }).waitFor()
})

test('German has every text, and writes dates and amounts as Germans read them', async () => {
  const german = await newVisitor(browser, { locale: 'de-DE' })
  const { page } = german
  const { url, password } = inject('console')
  await page.goto(url)
  await page.getByLabel('E-Mail').fill(ADMIN)
  await page.getByLabel('Passwort').fill(password)
  await page.getByRole('button', { name: 'Anmelden' }).click()
  await page.getByText('Wartet auf Sie').waitFor()
  await page.getByRole('link', { name: 'Lohnläufe' }).click()
  await page.getByRole('link', { name: 'Oktober 2026 · XLM' }).waitFor()
  await picture(page, 'runs-german')
  // A refusal of the database is German too, with the value that it names.
  await page.getByRole('link', { name: 'Personen' }).click()
  await page.getByRole('button', { name: 'Person hinzufügen' }).first().click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Vorname').fill('Ada')
  await dialog.getByLabel('Nachname').fill('Byron')
  await dialog.getByLabel('E-Mail').fill('byron@example.com')
  await dialog.getByLabel('Auszahlungsadresse').fill('GABC')
  await dialog.getByRole('button', { name: 'Person hinzufügen' }).click()
  await page.getByRole('alert').getByText('GABC ist keine Adresse eines Stellar-Kontos.').waitFor()
  await picture(page, 'refusal-german')
  expect(german.complaints).toEqual([])
  await page.context().close()
})

test('a payment under way is paused with a reason, resumed, and its rest is cancelled', async () => {
  const { page } = admin
  await open(page, '/runs/3', 'Pause the payment')
  const dialog = page.getByRole('dialog')
  const stop = async (what: string) => {
    await page.getByRole('button', { name: what }).first().click()
    await dialog.getByLabel('Reason').fill(`The bank asks: ${what}`)
    await dialog.getByRole('button', { name: what }).click()
    await page.getByText(`The bank asks: ${what}`).first().waitFor()
  }
  await stop('Pause the payment')
  await page.getByText('Somebody paused the payment').waitFor()
  await picture(page, 'run-paused')
  await page.getByRole('button', { name: 'Resume the payment' }).click()
  await page.getByRole('button', { name: 'Pause the payment' }).waitFor()
  await stop('Cancel the rest')
})

test('signing out in one tab signs out the other, and nothing of the company stays in the browser', async () => {
  const { page } = admin
  const other = await page.context().newPage()
  await other.goto(`${inject('console').url}/o/${organization}/people`)
  await other.getByText('Lovelace, Ada').waitFor()
  await open(page, '', 'Waits for you')
  await page.getByRole('button', { name: 'Acme' }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  await other.getByRole('heading', { name: 'Sign in' }).waitFor()
  const kept = await page.evaluate(async () => [
    JSON.stringify({ ...localStorage, ...sessionStorage }),
    document.cookie,
    ...(await caches.keys()),
    ...(await indexedDB.databases()).map(({ name }) => name ?? ''),
  ])
  expect(kept.join(' ')).not.toMatch(/access_token|lovelace|Acme/i)
  expect(kept.slice(1).join('')).toBe('')
  // The way back leads to no page of the company either.
  await page.goBack()
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  expect(await page.getByText('Lovelace, Ada').count()).toBe(0)
  expect(admin.complaints).toEqual([])
})

async function open(page: Page, path: string, words: string | RegExp): Promise<void> {
  await page.goto(`${inject('console').url}/o/${organization}${path}`)
  await page.getByText(words).first().waitFor()
}

const isFocused = (page: Page, words: RegExp): Promise<boolean> =>
  page.evaluate((source) => {
    const { activeElement: focused } = document
    return focused instanceof HTMLAnchorElement && new RegExp(source).test(focused.textContent)
  }, words.source)
