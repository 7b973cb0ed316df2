import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { FolderInUseError, lockFolder } from '../../tools/stack/lock.ts'
import { identify } from '../../tools/stack/process-identity.ts'

const run = promisify(execFile)
const LOCK_MODULE = join(import.meta.dirname, '..', '..', 'tools', 'stack', 'lock.ts')

let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'payd-lock-'))
  path = join(folder, 'lock')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('a folder is held until it is released, and then nothing is left of the lock', () => {
  const lock = lockFolder(folder)
  expect(() => lockFolder(folder)).toThrow(FolderInUseError)
  lock.release()
  expect(existsSync(path)).toBe(false)
  lockFolder(folder).release()
})

test('the refusal names the process that holds the folder', () => {
  const lock = lockFolder(folder)
  expect(() => lockFolder(folder)).toThrow(`in use by process ${process.pid}`)
  lock.release()
})

test('the lock of a process that has ended is taken over', async () => {
  const { stdout } = await run(process.execPath, ['-e', 'console.log(process.pid)'])
  writeFileSync(path, JSON.stringify({ pid: Number(stdout), startedAt: '1' }))
  lockFolder(folder).release()
})

test('the lock of a dead process is taken over although its number now belongs to a stranger', () => {
  writeFileSync(path, JSON.stringify({ pid: process.ppid, startedAt: 'long before the stranger' }))
  lockFolder(folder).release()
})

test('the lock of a living process is respected', () => {
  writeFileSync(path, JSON.stringify(identify(process.ppid)))
  expect(() => lockFolder(folder)).toThrow(FolderInUseError)
})

test('half a lock, left by a full disk, belongs to nobody', () => {
  writeFileSync(path, '{"pid":')
  lockFolder(folder).release()
})

test('a takeover that was cut off does not block the next one', () => {
  writeFileSync(path, JSON.stringify({ pid: process.ppid, startedAt: 'dead' }))
  writeFileSync(`${path}.takeover`, JSON.stringify({ pid: process.ppid, startedAt: 'dead as well' }))
  lockFolder(folder).release()
  expect(existsSync(`${path}.takeover`)).toBe(false)
})

test('a release does not take the lock of the next holder away', () => {
  const lock = lockFolder(folder)
  const next = JSON.stringify(identify(process.ppid))
  writeFileSync(path, next)
  lock.release()
  expect(readFileSync(path, 'utf8')).toBe(next)
})

test('of many processes that find a dead lock at once, exactly one gets the folder', async () => {
  writeFileSync(path, JSON.stringify({ pid: process.ppid, startedAt: 'dead' }))
  // Each one takes the lock if it can and keeps it until all have tried, which the closing of standard input tells.
  const script = `import { lockFolder } from ${JSON.stringify(LOCK_MODULE)}
    let got = 'refused'
    try { lockFolder(${JSON.stringify(folder)}); got = 'held' } catch (error) { if (error.name !== 'FolderInUseError') got = String(error) }
    console.log(got)
    process.stdin.resume().on('end', () => process.exit())`
  const children = Array.from({ length: 6 }, () =>
    spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['pipe', 'pipe', 'inherit'] }),
  )
  const answers = await Promise.all(children.map(async (child) => String((await once(child.stdout, 'data'))[0]).trim()))
  for (const child of children) child.stdin.end()
  await Promise.all(children.map((child) => once(child, 'close')))
  expect(answers.sort()).toEqual(['held', 'refused', 'refused', 'refused', 'refused', 'refused'])
})
