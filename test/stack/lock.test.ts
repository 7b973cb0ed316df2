import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { identify } from '../../tools/lib/process-identity.ts'
import { FolderInUseError, lockFolder } from '../../tools/stack/lock.ts'

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

test('half a lock, left by a full disk, does not hold the folder', () => {
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

test('of several processes that find a dead lock at once, exactly one gets the folder, every time', async () => {
  const folders = Array.from({ length: 150 }, (_, index) => join(folder, String(index)))
  for (const each of folders) {
    mkdirSync(each)
    writeFileSync(join(each, 'lock'), JSON.stringify({ pid: process.ppid, startedAt: 'dead' }))
  }
  // Each racer begins on a word, takes what it can, and keeps it until all have told what they got.
  const script = `import { lockFolder } from ${JSON.stringify(LOCK_MODULE)}
    const folders = ${JSON.stringify(folders)}
    process.setMaxListeners(0)
    process.stdout.write('ready')
    process.stdin.once('data', () => {
      const got = folders.filter((folder) => {
        try { return lockFolder(folder) } catch (error) { if (error.name !== 'FolderInUseError') throw error }
      })
      process.stdout.write(JSON.stringify(got))
      process.stdin.on('end', () => process.exit())
    })`
  const racers = Array.from({ length: 4 }, () =>
    spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['pipe', 'pipe', 'inherit'] }),
  )
  await Promise.all(racers.map((racer) => once(racer.stdout, 'data')))
  for (const racer of racers) racer.stdin.write('go')
  const gains = await Promise.all(
    racers.map(async (racer) => JSON.parse(String((await once(racer.stdout, 'data'))[0])) as string[]),
  )
  for (const racer of racers) racer.stdin.end()
  await Promise.all(racers.map((racer) => once(racer, 'close')))
  expect(gains.flat().sort()).toEqual(folders.sort())
})
