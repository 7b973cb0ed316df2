import { chmodSync, chownSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { withDatabase } from '../../../tools/db/lib/database.ts'
import { resolveTarget } from '../../../tools/db/lib/environments.ts'
import { readFacts } from '../../../tools/db/lib/pg-delta.ts'
import { AddressError, reachHint, readAddress } from '../../../tools/lib/address.ts'
import { existingDatabaseUser } from '../../../tools/lib/database-user.ts'
import { cliAddress, trySupabaseCli } from '../../../tools/lib/supabase-cli.ts'
import { type Cluster, startCluster } from '../../../tools/stack/cluster.ts'
import { type Authority, createAuthority } from '../../attacks/support/certificates.ts'
import { createProject, NOTES, removeProject } from './fixture.ts'

const sslmodeOf = (address: string): string | null => new URL(readAddress(address).url).searchParams.get('sslmode')

describe('a connection', () => {
  test.each([
    ['postgresql://u:p@db.abcdefghijklmnopqrst.supabase.co:5432/postgres', 'require'],
    ['postgresql://u:p@aws-0-eu-central-1.pooler.supabase.com:5432/postgres', 'require'],
    ['postgresql://u:p@[2001:db8::1]:5432/postgres', 'require'],
    ['postgresql://u:p@10.0.0.7/postgres', 'require'],
    ['postgresql://u:p@db.example/postgres?sslmode=prefer', 'require'],
    ['postgresql://u:p@db.example/postgres?sslmode=allow', 'require'],
    ['postgresql://u:p@db.example/postgres?ssl=true', 'require'],
    ['postgresql://u:p@db.example/postgres?sslmode=verify-full', 'verify-full'],
    ['postgresql://u:p@db.example/postgres?sslmode=disable', 'disable'],
    ['postgresql://u:p@127.0.0.1:54322/postgres', 'disable'],
    ['postgresql://u:p@localhost:54322/postgres', 'disable'],
    ['postgresql://u:p@[::1]:54322/postgres', 'disable'],
    ['postgresql://u:p@127.0.0.1:54322/postgres?sslmode=require', 'require'],
  ])('to %s has sslmode=%s, for every driver and for the CLI', (address, mode) => {
    expect(sslmodeOf(address)).toBe(mode)
    expect(readAddress(address).tls === false).toBe(mode === 'disable')
    expect(cliAddress(address).searchParams.get('sslmode')).toBe(mode)
    expect(resolveTarget({} as never, { url: address }, {}).url).toContain(`sslmode=${mode}`)
  })

  test('that only one of its readers could refuse is read once: the address that comes back says the same again', () => {
    const once = readAddress('postgresql://u.ref:p@s s@[2001:db8::1]/d?options=-c%20a%3Db&password=a%2Fb')
    expect(once).toMatchObject({ host: '2001:db8::1', port: 5432, user: 'u.ref', password: 'a/b', database: 'd' })
    expect(once.settings).toEqual({ options: '-c a=b' })
    expect(readAddress(once.url)).toEqual(once)
  })

  test.each([
    ['postgresql://u:se/cret@db.example/postgres', '%2F'],
    ['postgresql://u:se#cret@db.example/postgres', '%23'],
    ['postgresql://u:5?cret@db.example/postgres', '%3F'],
    ['postgresql://u:se%cret@db.example/postgres', '%25'],
    ['postgresql://u:secret@2001:db8::1/postgres', 'square brackets'],
    ['postgresql://u:secret@db.example:99999/postgres', 'postgresql://user:password@host'],
    ['mysql://u:secret@db.example/postgres', 'postgresql://user:password@host'],
    ['postgresql://u:secret@db.example/postgres?sslmode=maybe', 'verify-full'],
    ['postgresql://u:secret@db.example/postgres?sslrootcert=/nowhere.crt', 'sslrootcert'],
  ])('to %s is refused in words that cure it and hide the password', (address, cure) => {
    const error = refusalOf(address)
    expect(error.fix).toContain(cure)
    expect(`${error.message} ${error.fix}`).not.toMatch(/cret/)
    expect(() => resolveTarget({} as never, { url: address }, {})).toThrow(error.message)
  })

  test.each([
    ['postgresql://u:p@db.abcdefghijklmnopqrst.supabase.co/postgres', 'getaddrinfo ENOTFOUND db.abc', 'session pooler'],
    ['postgresql://u:p@db.example/postgres', 'self-signed certificate in certificate chain', 'sslrootcert'],
    ['postgresql://u:p@db.example/postgres', 'The server does not support SSL connections', 'sslmode=disable'],
  ])('to %s that fails with "%s" says what to do: %s', (address, words, cure) => {
    expect(reachHint(address, words)).toContain(cure)
  })
})

describe('a server that speaks TLS', () => {
  let folder: string
  let cluster: Cluster
  let authority: Authority
  let url: string
  const sessions = (): string[] =>
    readFileSync(join(folder, 'log'), 'utf8').match(/connection authorized: .*database=probe.*/g) ?? []

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'payd-tls-'))
    chmodSync(folder, 0o711)
    authority = await createAuthority('PayD test')
    const { key, certificate } = await authority.issue({ names: ['127.0.0.1', 'localhost'] })
    const { uid, gid } = (await existingDatabaseUser()) ?? {}
    for (const [name, text] of Object.entries({
      'root.crt': authority.root,
      'server.crt': certificate,
      'server.key': key,
    })) {
      writeFileSync(join(folder, name), text, { mode: 0o600 })
      if (uid !== undefined && gid !== undefined && name !== 'root.crt') chownSync(join(folder, name), uid, gid)
    }
    const settings = [
      'ssl=on',
      `ssl_cert_file=${folder}/server.crt`,
      `ssl_key_file=${folder}/server.key`,
      'log_connections=on',
    ]
    cluster = await startCluster({ settings, logFile: join(folder, 'log') })
    url = await cluster.createDatabase('probe')
  })
  afterAll(async () => {
    await cluster?.stop()
    rmSync(folder, { recursive: true })
  })

  test('is spoken to in clear text by no driver and not by the CLI', async () => {
    const address = `${url}?sslmode=require`
    await withDatabase(address, async (sql) => {
      const [row] = await sql`select ssl from pg_stat_ssl where pid = pg_backend_pid()`
      expect(row?.ssl).toBe(true)
    })
    await readFacts(address)
    const project = createProject([NOTES])
    try {
      const { ok, printed } = await trySupabaseCli(project.root, [
        'db',
        'push',
        `--remote=${cliAddress(address)}`,
        '--yes',
      ])
      expect(ok, printed).toBe(true)
    } finally {
      removeProject(project)
    }
    await expect.poll(() => sessions().length).toBeGreaterThan(2)
    expect(sessions().filter((line) => !line.includes('SSL enabled'))).toEqual([])
  })

  test('is verified by its name against the authority that is given', async () => {
    const verified = `${url}?sslmode=verify-full&sslrootcert=${folder}/root.crt`
    await withDatabase(verified, async (sql) => expect(await sql`select 1 as one`).toMatchObject([{ one: 1 }]))
    await readFacts(verified)
    const other = join(folder, 'other.crt')
    writeFileSync(other, (await createAuthority('Somebody else')).root)
    for (const address of [`${url}?sslmode=verify-full`, `${url}?sslmode=verify-full&sslrootcert=${other}`]) {
      await expect(withDatabase(address, async (sql) => await sql`select 1`)).rejects.toMatchObject({
        fix: expect.stringContaining('sslrootcert'),
      })
      await expect(readFacts(address)).rejects.toThrow()
    }
  })

  test('is not sent the password when it speaks no TLS and the address wants it', async () => {
    const plain = await startCluster()
    try {
      const address = `${plain.urlFor(plain.project)}?sslmode=require`
      await expect(withDatabase(address, async (sql) => await sql`select 1`)).rejects.toMatchObject({
        fix: expect.stringContaining('sslmode=disable'),
      })
    } finally {
      await plain.stop()
    }
  })
})

function refusalOf(address: string): AddressError {
  try {
    readAddress(address)
  } catch (error) {
    if (error instanceof AddressError) return error
    throw error
  }
  throw new Error('The address was not refused.')
}
