import { mkdir, writeFile } from 'node:fs/promises'
import type { Page, Request } from 'playwright-core'
import { afterEach } from 'vitest'
import { FAILED } from './failed-folder.ts'

const MOST_LINES = 400

/** Pages of this file that are open, with what happened on each, the oldest first. */
const recordings = new Map<Page, string[]>()

// Imported by every file that opens a browser: a wait that failed in CI once can be understood only from what happened before it.
afterEach(async ({ task }) => {
  if (task.result?.state !== 'fail') return
  const name = task.name.replaceAll(/[^a-z0-9]+/gi, '-').slice(0, 80)
  await mkdir(FAILED, { recursive: true })
  for (const [index, [page, lines]] of [...recordings].entries()) {
    const file = `${FAILED}${name}-${index + 1}`
    await writeFile(`${file}.txt`, [`address ${page.url()}`, ...lines].map(withoutTokens).join('\n'))
    await page.screenshot({ path: `${file}.png`, timeout: 5_000 }).catch(() => undefined)
  }
})

/** Remembers what a page asked for, heard and complained about, for the case that its test fails. */
export function record(page: Page): void {
  const lines: string[] = []
  recordings.set(page, lines)
  page.once('close', () => recordings.delete(page))
  const note = (what: string): void => {
    lines.push(`${new Date().toISOString()} ${what}`)
    if (lines.length > MOST_LINES) lines.shift()
  }
  const ended = async (request: Request): Promise<void> => {
    const status = (await request.response().catch(() => null))?.status() ?? request.failure()?.errorText
    // Of the many parts of the console only one that is missing tells something.
    if (!isAsset(request) || status !== 200) note(`  end ${request.method()} ${request.url()} ${status}`)
  }
  const isAsset = (request: Request): boolean => request.url().includes('/assets/')
  page.on('request', (request) => isAsset(request) || note(`begin ${request.method()} ${request.url()}`))
  page.on('requestfinished', (request) => void ended(request))
  page.on('requestfailed', (request) =>
    note(`  end ${request.method()} ${request.url()} ${request.failure()?.errorText}`),
  )
  page.on('console', (message) => note(`console ${message.type()} ${message.text()}`))
  page.on('pageerror', (error) => note(`error ${error.stack ?? error.message}`))
  page.on('framenavigated', (frame) => frame === page.mainFrame() && note(`page ${frame.url()}`))
  page.on('websocket', (socket) => {
    note(`socket opened`)
    socket.on('framesent', ({ payload }) => note(`socket > ${String(payload).slice(0, 400)}`))
    socket.on('framereceived', ({ payload }) => note(`socket < ${String(payload).slice(0, 400)}`))
    socket.on('close', () => note('socket closed'))
  })
}

const withoutTokens = (line: string): string => line.replaceAll(/eyJ[\w.-]+/g, '<token>')
