import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { newVisitor, openBrowser, picture, signIn, type Visitor } from './support/browser.ts'

const { url, organization } = inject('console')
const API = '**/rest/v1/**'

let browser: Browser

beforeAll(async () => {
  browser = await openBrowser()
})
afterAll(() => browser?.close())

test('a wrong password is said in a sentence with a cure', async () => {
  const { page } = await newVisitor(browser)
  await page.goto(url)
  await page.getByLabel('E-mail').fill('max.manager@example.com')
  await page.getByLabel('Password').fill('not it')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByText('This e-mail and password do not belong together.').waitFor()
  await page.context().close()
})

test('an API that does not answer is called slow after some seconds, and asking again helps', async () => {
  const { page } = await manager()
  await page.clock.install()
  await page.route(API, () => undefined)
  await go(page, 'People')
  await page.getByRole('status').filter({ hasText: 'Loading' }).first().waitFor()
  await page.clock.fastForward(6_000)
  await page.getByText('This takes longer than usual.').waitFor()
  await picture(page, 'slow')
  await page.unroute(API)
  // On a very slow machine the package has asked again by itself meanwhile.
  const answer = page.getByRole('link', { name: 'Lovelace, Ada' }).waitFor()
  const again = page.getByRole('button', { name: 'Try again' }).click()
  await Promise.race([answer, again.then(() => answer)])
  await page.context().close()
})

test('a dead API is said with a cure, what was read stays, and asking again helps', async () => {
  const { page } = await manager()
  await go(page, 'People')
  await page.getByRole('link', { name: 'Lovelace, Ada' }).waitFor()
  await page.route(API, (route) =>
    route.fulfill({ status: 502, contentType: 'text/html', body: '<h1>Bad gateway</h1>' }),
  )
  await go(page, 'Schedules')
  const alert = page.getByRole('main').getByRole('alert').first()
  await alert.waitFor()
  await picture(page, 'dead')
  expect(await alert.textContent()).not.toContain('<h1>')
  await page.unroute(API)
  await alert.getByRole('button', { name: 'Try again' }).click()
  await page.getByText('Month end').waitFor()
  await page.context().close()
})

test('a device without a network says so, and commands fail at once instead of surprising somebody later', async () => {
  const { page } = await manager()
  await go(page, 'People')
  await page.getByRole('link', { name: 'Lovelace, Ada' }).waitFor()
  await page.context().setOffline(true)
  await page.getByText('This device is offline.').first().waitFor()
  await picture(page, 'offline')
  await page.context().setOffline(false)
  await page.getByText('This device is offline.').first().waitFor({ state: 'detached' })
  await page.context().close()
})

test('a part of the console that could not be loaded makes the page load anew, unless somebody is filling in a form', async () => {
  const { page } = await manager()
  const aborted: string[] = []
  const isFirst = (url: string) => aborted.length === 0 && aborted.push(url) > 0
  await page.route('**/assets/*.js', (route) => (isFirst(route.request().url()) ? route.abort() : route.continue()))
  const anew = page.waitForEvent('domcontentloaded')
  await page.keyboard.press('Control+k')
  await anew
  await page.getByText('Waits for you').waitFor()
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox').waitFor()
  await page.keyboard.press('Escape')

  await go(page, 'People')
  await page.getByRole('link', { name: 'Lovelace, Ada' }).waitFor()
  await page.getByLabel('Search by name, e-mail, position or department').fill('Lovelace')
  aborted.length = 0
  await page.evaluate(() => sessionStorage.removeItem('payd.reloaded'))
  await page.getByRole('navigation').getByRole('link', { name: 'Webhooks', exact: true }).hover()
  await expect.poll(() => aborted.length, { timeout: 60_000 }).toBe(1)
  await page.evaluate(() => new Promise((settled) => requestAnimationFrame(settled)))
  expect(await page.getByLabel('Search by name, e-mail, position or department').inputValue()).toBe('Lovelace')
  await page.context().close()
})

test('a manager is not offered what only admins may, and is told why', async () => {
  const { page } = await manager()
  await go(page, 'Webhooks')
  const add = page.getByRole('button', { name: 'New endpoint' })
  expect(await add.getAttribute('aria-disabled')).toBe('true')
  await page.getByText('Only admins may do this.').first().waitFor()
  expect(await page.getByRole('link', { name: 'Trail' }).count()).toBe(0)
  await page.goto(`${url}/o/${organization}/trail`)
  await page.getByRole('heading', { level: 1, name: 'Trail' }).waitFor()
  await page.context().close()
})

test('two people who change the same person see both versions and choose', async () => {
  const [one, two] = await Promise.all([manager(), manager('ada.admin@example.com')])
  for (const { page } of [one, two]) {
    await page.goto(`${url}/o/${organization}/people?person=3`)
    await page.getByRole('button', { name: 'Edit' }).click()
  }
  await one.page.getByRole('dialog').getByLabel('Position').fill('Captain')
  await one.page.getByRole('button', { name: 'Save' }).click()
  await one.page.getByRole('definition').filter({ hasText: 'Captain' }).waitFor()
  await two.page.getByRole('dialog').getByLabel('Position').fill('Admiral')
  await two.page.getByRole('button', { name: 'Save' }).click()
  await two.page.getByText('Somebody else changed this while you were editing.').waitFor()
  await two.page.getByRole('cell', { name: 'Captain', exact: true }).waitFor()
  await picture(two.page, 'conflict')
  await two.page.getByRole('button', { name: 'Save mine over it' }).click()
  await two.page.getByRole('definition').filter({ hasText: 'Admiral' }).waitFor()
  await Promise.all([one.page.context().close(), two.page.context().close()])
})

test('a session that ends in the middle of a form asks to sign in, and leads back to the same page', async () => {
  const { page } = await manager()
  await go(page, 'People')
  await page.getByRole('button', { name: 'Add a person' }).first().click()
  await page.getByRole('dialog').getByLabel('First name').fill('Ada')
  await page.getByRole('dialog').getByLabel('Last name').fill('Byron')
  await page.getByRole('dialog').getByLabel('E-mail').fill('session@example.com')
  // The token is over, and the one for another is no good any more.
  await page.evaluate(() => {
    const session = JSON.parse(localStorage.getItem('payd.session') ?? '{}')
    localStorage.setItem('payd.session', JSON.stringify({ ...session, expires_at: 1, refresh_token: 'gone' }))
  })
  await page.getByRole('dialog').getByRole('button', { name: 'Add a person' }).click()
  await page.getByText('Your session has ended. Sign in to go on where you were.').waitFor()
  expect(await page.getByText('Lovelace, Ada').count()).toBe(0)
  await page.getByLabel('E-mail').fill('max.manager@example.com')
  await page.getByLabel('Password').fill(inject('console').password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { level: 1, name: 'People' }).waitFor()
  await page.getByRole('link', { name: 'Lovelace, Ada' }).waitFor()
  expect(await page.getByText('session@example.com').count()).toBe(0)
  await page.context().close()
})

test('an address of another organization leads nowhere', async () => {
  const { page } = await manager()
  await page.goto(`${url}/o/999999/people`)
  await page.getByText('There is nothing at this address.').waitFor()
  await page.context().close()
})

test('the console is served under a strict policy, its assets for ever and its page never from a cache', async () => {
  const response = await fetch(`${url}/o/1/runs`)
  const policy = response.headers.get('content-security-policy') ?? ''
  expect(policy).toContain("default-src 'none'")
  expect(policy).toContain("script-src 'self'")
  expect(policy).not.toMatch(/unsafe|\*/)
  expect(response.headers.get('cache-control')).toBe('no-cache')
  const [, script] = /src="([^"]+assets[^"]+\.js)"/.exec(await response.text()) ?? []
  const asset = await fetch(new URL(script ?? '', url))
  expect(asset.headers.get('cache-control')).toContain('immutable')
  expect((await fetch(`${url}/assets/none.js`)).status).toBe(404)
  expect((await fetch(`${url}/%2e%2e/package.json`)).status).toBe(404)
  const config = (await (await fetch(`${url}/config.json`)).json()) as Record<string, string>
  expect(JSON.stringify(config)).not.toContain(inject('console').secretKey)
  expect(config.publishableKey).toMatch(/^sb_publishable_/)
})

async function manager(email = 'max.manager@example.com'): Promise<Visitor> {
  const visitor = await newVisitor(browser)
  await signIn(visitor, email)
  await visitor.page.getByText('Waits for you').waitFor()
  // Joining the live channel reads everything anew, which would mend what a test breaks.
  await visitor.page.getByRole('banner').getByText('Live', { exact: true }).waitFor()
  return visitor
}

async function go(page: Page, name: string): Promise<void> {
  await page.getByRole('navigation').getByRole('link', { name, exact: true }).click()
}
