import { mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { inject } from 'vitest'
import { chromiumProgram } from '../../../tools/test/chromium.ts'
import { record } from './record.ts'

const ARTIFACTS = fileURLToPath(new URL('../../../artifacts/console/', import.meta.url))

/** A person at a browser of the own, with everything that the page complained about. */
export interface Visitor {
  readonly page: Page
  /** Errors of the page, broken rules of the Content-Security-Policy, and dialogs that a script opened. */
  readonly complaints: string[]
  /** Every address that was asked for. */
  readonly asked: string[]
}

/** Starts Chromium. */
export async function openBrowser(): Promise<Browser> {
  const executablePath = await chromiumProgram()
  if (executablePath === undefined) throw new Error('There is no Chromium on this machine.')
  // Its own sandbox needs rights that containers do not give; it only ever sees the stack of the test.
  return await chromium.launch({ executablePath, args: ['--no-sandbox'] })
}

/** Opens a window without a session. */
export async function newVisitor(browser: Browser, options: BrowserContextOptions = {}): Promise<Visitor> {
  const context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1280, height: 860 }, ...options })
  const page = await context.newPage()
  page.setDefaultTimeout(60_000)
  const complaints: string[] = []
  const asked: string[] = []
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error' && /Content.Security.Policy/i.test(message.text())) complaints.push(message.text())
  })
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  page.on('request', (request) => asked.push(request.url()))
  record(page)
  return { page, complaints, asked }
}

/** Cuts a window off from what happens elsewhere, before it is opened: it shows what it once read, as one does that slept for a while. */
export async function cutOff({ page }: Visitor): Promise<void> {
  await page.routeWebSocket(/realtime/, (socket) => void socket.close())
}

/** Signs a visitor in, as people do. */
export async function signIn({ page }: Visitor, email: string, path = ''): Promise<void> {
  const { url, password } = inject('console')
  await page.goto(`${url}${path}`)
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).first().click()
  await page.waitForURL(/\/o\/\d+/)
}

/** Makes an account for somebody who has none, at the address of the console or of an invitation. */
export async function signUp(page: Page, email: string, address = inject('console').url): Promise<void> {
  await page.goto(address)
  await page.getByRole('button', { name: 'Create an account' }).click()
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Password').fill(inject('console').password)
  await page.getByRole('button', { name: 'Create an account' }).click()
  await page.getByRole('heading', { name: 'Welcome' }).waitFor()
}

/** Follows a link of the navigation to its page. */
export async function go(page: Page, name: string, heading = name): Promise<void> {
  await page.getByRole('navigation').getByRole('link', { name, exact: true }).click()
  await page.getByRole('main').getByRole('heading', { level: 1, name: heading }).waitFor()
}

/** Drops a file onto the page, as from a folder of the desktop. */
export async function drop(page: Page, file: { readonly name: string; readonly content: Buffer }): Promise<void> {
  const place = page.getByRole('region', { name: 'Drop the file here' })
  const files = await page.evaluateHandle(
    ({ name, base64 }) => {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))
      const transfer = new DataTransfer()
      transfer.items.add(new File([bytes], name))
      return transfer
    },
    { name: file.name, base64: file.content.toString('base64') },
  )
  await place.dispatchEvent('dragover', { dataTransfer: files })
  await place.dispatchEvent('drop', { dataTransfer: files })
}

/** Keeps a picture of the page, for people to look at. */
export async function picture(page: Page, name: string): Promise<void> {
  await mkdir(ARTIFACTS, { recursive: true })
  await page.screenshot({ path: `${ARTIFACTS}${name}.png`, animations: 'disabled' })
}
