import { randomBytes } from 'node:crypto'
import { inject } from 'vitest'
import { connect, databaseUrl } from '../../../tools/lib/sql.ts'
import { bootstrapDatabase, type DefaultPrivileges, dressDatabase } from '../../../tools/stack/bootstrap.ts'

/** A database of the test server. */
export type TestDatabase = {
  readonly name: string
  /** Connection string of the role postgres, which is no superuser. */
  readonly url: string
  /** Ends its sessions and drops it. */
  drop(): Promise<void>
}

/** A database that is a Supabase project without migrations. */
export const BLANK = 'blank_project'

/** Clones a database of the server; default: the one with every migration applied. */
export async function cloneDatabase(template?: string): Promise<TestDatabase> {
  const { template: migrated } = inject('cluster')
  return withAdmin(async (admin) => {
    const name = newName()
    await admin`create database ${admin(name)} template ${admin(template ?? migrated)} strategy file_copy`
    await dressDatabase(admin, name)
    return testDatabase(name)
  })
}

/** A Supabase project without migrations, bootstrapped anew with these default privileges. */
export async function createProject(privileges: DefaultPrivileges): Promise<TestDatabase> {
  const name = newName()
  await withAdmin((admin) => admin`create database ${admin(name)}`)
  await bootstrapDatabase(urlOf(name, inject('cluster').adminUrl), privileges)
  return testDatabase(name)
}

function testDatabase(name: string): TestDatabase {
  return {
    name,
    url: databaseUrl(Number(new URL(inject('cluster').adminUrl).port), name, 'postgres', 'postgres'),
    drop: () => withAdmin(async (admin) => void (await admin`drop database if exists ${admin(name)} with (force)`)),
  }
}

async function withAdmin<T>(work: (admin: ReturnType<typeof connect>) => Promise<T>): Promise<T> {
  const admin = connect(inject('cluster').adminUrl)
  try {
    return await work(admin)
  } finally {
    await admin.end()
  }
}

function urlOf(name: string, serverUrl: string): string {
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  return url.href
}

const newName = (): string => `test_${randomBytes(6).toString('hex')}`
