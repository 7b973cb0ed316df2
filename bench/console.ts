import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { type Browser, chromium, type Page } from 'playwright-core'
import { build } from 'vite'
import { startPrivateStack } from '../tools/demo/demo-stack.ts'
import { assembleTeam, DEMO_PASSWORD, type Team } from '../tools/demo/team.ts'
import { chromiumProgram } from '../tools/test/chromium.ts'
import { type Benchmark, type ResultRow, spread } from './measure.ts'

const PEOPLE = 10_000
const PART = 250
const ROUNDS = 5
const PAGES = [
  '',
  '/runs',
  '/runs/1',
  '/people',
  '/schedules',
  '/wallets',
  '/address-changes',
  '/trail',
  '/notifications',
  '/settings',
]

/** The console in Chromium on a stack of its own: what the first load weighs, when it can be used, and 10,000 people. */
export const consoleInChromium: Benchmark = async (tell) => {
  const root = fileURLToPath(new URL('../console', import.meta.url))
  const [{ stack, stop }, executablePath] = await Promise.all([
    startPrivateStack(),
    chromiumProgram(),
    build({ root, logLevel: 'error' }),
  ])
  if (executablePath === undefined) throw new Error('This benchmark needs Chromium.')
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
  try {
    const team = await assembleTeam(stack, 'Bench')
    await fill(team)
    tell(`${PEOPLE} people and a run of them`)
    const url = `${stack.url}/console`
    const rows: ResultRow[] = [await weigh(browser, url)]
    const page = await signedIn(browser, url, team.admin.email)
    const home = page.url()
    rows.push(await whenUsable(page, home), await scroll(page, `${home}/people`), await scroll(page, `${home}/runs/1`))
    for (const path of PAGES) rows.push(await roundTrips(page, home + path))
    return {
      title: 'The console',
      method: `Chromium without a window on the local stack, ${PEOPLE} people and a run of all of them; processor throttled four times where it says so.`,
      rows,
    }
  } finally {
    await browser.close()
    await stop()
  }
}

async function fill({ manager }: Team): Promise<void> {
  const rows = Array.from({ length: PEOPLE }, (_, index) => ({
    line: index + 2,
    first_name: `Given${index}`,
    last_name: `Family${index}`,
    email: `person${index}@example.com`,
    salary: '1000.0000001',
  }))
  // In parts that end within the statement timeout of the API on a busy machine too.
  for (let first = 0; first < PEOPLE; first += PART) {
    const { refused } = await manager.payd.employees.importRows(rows.slice(first, first + PART))
    if (refused > 0) throw new Error(`${refused} people were refused.`)
  }
  await manager.payd.payrollRuns.create({ period_start: '2026-11-01', period_end: '2026-11-30' })
}

/** What a browser without a cache loads before a person can sign in, without the font. */
async function weigh(browser: Browser, url: string): Promise<ResultRow> {
  const page = await browser.newPage()
  const bodies: Promise<Buffer>[] = []
  page.on('response', (response) => {
    if (/\.(js|css)$|\/console\/$/.test(new URL(response.url()).pathname)) bodies.push(response.body())
  })
  await page.goto(url)
  await page.getByLabel('Password').waitFor()
  const sizes = (await Promise.all(bodies)).map((body) => gzipSync(body).length)
  await page.close()
  const total = sizes.reduce((sum, size) => sum + size, 0) / 1000
  return {
    what: 'first load: page, scripts and styles',
    unit: 'kB gzip',
    min: total,
    median: total,
    max: total,
    aim: '≤ 180',
  }
}

async function signedIn(browser: Browser, url: string, email: string): Promise<Page> {
  const page = await browser.newPage()
  await page.goto(url)
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Password').fill(DEMO_PASSWORD)
  await page.getByRole('button', { name: 'Sign in' }).first().click()
  await page.waitForURL(/\/o\/\d+$/)
  return page
}

async function whenUsable(page: Page, address: string): Promise<ResultRow> {
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: 4 })
  const times: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const began = performance.now()
    await page.goto(address)
    await page.getByText('Waits for you').waitFor()
    times.push((performance.now() - began) / 1000)
  }
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: 1 })
  return { what: 'the first page can be used, processor four times slower', unit: 's', ...spread(times), aim: '≤ 1.5' }
}

/** Longest task while the whole list is scrolled through, page by page. */
async function scroll(page: Page, address: string): Promise<ResultRow> {
  await page.goto(address)
  await page.getByRole('row').nth(5).waitFor()
  await page.evaluate(() => {
    const tasks: number[] = []
    new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration))).observe({
      type: 'longtask',
    })
    Object.assign(window, { tasks })
  })
  for (let step = 0; step < 100; step++) await page.mouse.wheel(0, 1_500)
  const tasks = await page.evaluate(() => (window as unknown as { tasks: number[] }).tasks)
  const longest = Math.max(0, ...tasks)
  const what = `longest task while ${new URL(address).pathname.replace(/.*\/o\/\d+/, '')} is scrolled; 0 is none above 50`
  const detail = `${tasks.length} above 50 ms`
  return { what, unit: 'ms', min: longest, median: longest, max: longest, detail, aim: '≤ 50' }
}

/** How many requests of the API wait for one another until the first view is complete. */
async function roundTrips(page: Page, address: string): Promise<ResultRow> {
  const asked: { readonly began: number; ended: number; readonly url: string }[] = []
  const begin = (request: { url(): string }) =>
    asked.push({ began: performance.now(), ended: Number.POSITIVE_INFINITY, url: request.url() })
  const end = (request: { url(): string }) => {
    const open = asked.find(({ url, ended }) => url === request.url() && ended === Number.POSITIVE_INFINITY)
    if (open !== undefined) open.ended = performance.now()
  }
  page.on('request', begin)
  page.on('requestfinished', end)
  await page.goto(address)
  await page.getByRole('main').getByRole('heading', { level: 1 }).waitFor()
  // The view is complete when nothing on it waits any more. The newest event and the count of what is unread are no part of it: they are read
  // beside it, and once the page is live.
  await page.waitForFunction(() => document.querySelector('main .card.animate-pulse') === null)
  const completeAt = performance.now()
  page.off('request', begin)
  page.off('requestfinished', end)
  const api = asked.filter(
    ({ url, ended }) => /\/rest\/v1\/(?!events\?|rpc\/count_unread)/.test(url) && ended <= completeAt,
  )
  const depth = (at: number): number =>
    1 +
    Math.max(
      0,
      ...api.flatMap((other, index) => (other.ended < (api[at]?.began ?? 0) ? [index < at ? depth(index) : 0] : [])),
    )
  const trips = Math.max(0, ...api.map((_, index) => depth(index)))
  const path = new URL(address).pathname.replace(/.*\/o\/\d+/, '') || '/'
  return {
    what: `round trips until ${path} is complete`,
    unit: 'in a row',
    min: trips,
    median: trips,
    max: trips,
    detail: `${api.length} requests`,
    aim: '≤ 3',
  }
}
