import { access, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { embeddedPostgresBinaries, type PostgresBinaries } from '../lib/binaries.ts'
import type { Keeper } from '../lib/keeper.ts'
import { portOrAny } from '../lib/ports.ts'
import { type PostgresServer, SUPERUSER, startPostgres } from '../lib/postgres.ts'
import { databaseUrl, withConnection } from '../lib/sql.ts'
import { writePrivately } from './files.ts'
import { syncTree } from './folder-tree.ts'
import type { StackKeys } from './keys.ts'
import type { ProjectContent } from './project-content.ts'
import { createProjectFolder, PROJECT_DATABASE } from './project-folder.ts'
import type { StackOptions } from './stack-options.ts'
import { allOrNothing, timed } from './steps.ts'
import { openTemplate } from './template.ts'

/** The database of a stack. */
export type StackDatabase = {
  readonly url: string
  readonly adminUrl: string
  readonly authenticatorUrl: string
  /** Absent when the database is not ours to start and stop. */
  readonly server?: PostgresServer
  /** Resolves when what a new data folder began with will survive a power cut, and the next start may go on with it. */
  readonly kept: Promise<void>
}

/** What the start of a database needs to know of its stack. */
export type DatabaseContext = {
  readonly projectFolder: string
  readonly dataDir: string
  readonly logFile: string
  readonly keys: StackKeys
  readonly keeper: Keeper
}

/**
 * Starts the PostgreSQL server of a data folder. A new folder begins as a Supabase project with the migrations of the
 * project folder; the migrations that an older one lacks are the caller's business.
 */
export async function startDatabase(options: StackOptions, context: DatabaseContext): Promise<StackDatabase> {
  if (options.database) return borrowed(options.database)
  const folder = { data: join(context.dataDir, 'postgres'), marker: join(context.dataDir, 'bootstrapped') }
  const isNew = await access(folder.marker).then(
    () => false,
    () => true,
  )
  const create = isNew ? await prepareFolder(options, context, folder.data) : async () => undefined
  return timed(options, 'PostgreSQL', async () => {
    await create()
    const server = await startPostgres({
      binaries: binariesOf(options),
      dataFolder: folder.data,
      port: await portOrAny(options.databasePort ?? 0),
      superuserPassword: context.keys.superuserPassword,
      durable: options.dataDir !== undefined,
      keeper: context.keeper,
      logFile: context.logFile,
    })
    const kept = isNew ? keep(folder, options.dataDir !== undefined) : Promise.resolve()
    // The caller awaits it later and hears of a failure then; until then it must not count as unhandled.
    kept.catch(() => undefined)
    const adminUrl = databaseUrl(server.port, PROJECT_DATABASE, SUPERUSER, context.keys.superuserPassword)
    const url = databaseUrl(server.port, PROJECT_DATABASE, 'postgres', 'postgres')
    return { ...borrowed({ url, adminUrl }), server, kept }
  })
}

const binariesOf = (options: StackOptions): PostgresBinaries => options.binaries ?? embeddedPostgresBinaries()

/** Clears the place for a new data folder and finds its template; resolves with the function that creates it. */
async function prepareFolder(
  options: StackOptions,
  context: DatabaseContext,
  dataFolder: string,
): Promise<() => Promise<void>> {
  const content: ProjectContent = {
    binaries: binariesOf(options),
    privileges: options.privileges ?? 'strict',
    projectFolder: context.projectFolder,
  }
  const [template] = await allOrNothing([
    timed(
      options,
      'database with all migrations, to be copied by every new stack',
      () => openTemplate(content),
      (found) => found?.isNew ?? false,
    ),
    // A start that was cut off half-way has left a folder without any data of people; it is made anew.
    rm(dataFolder, { recursive: true, force: true }),
  ])
  const { keys, keeper } = context
  return () =>
    createProjectFolder({
      template: template?.folder,
      content,
      dataFolder,
      superuserPassword: keys.superuserPassword,
      keeper,
    })
}

async function keep(folder: { readonly data: string; readonly marker: string }, isDurable: boolean): Promise<void> {
  if (isDurable) await syncTree(folder.data)
  await writePrivately(folder.marker, '')
}

function borrowed(database: { readonly url: string; readonly adminUrl: string }): StackDatabase {
  const authenticator = new URL(database.url)
  authenticator.username = 'authenticator'
  return { ...database, authenticatorUrl: authenticator.href, kept: Promise.resolve() }
}

/** Tells the database which Stellar network and which local freedoms this stack has, as far as it can be told. */
export async function configureDatabase(
  url: string,
  network: { readonly passphrase: string; readonly horizonUrl: string; readonly rpcUrl: string | null } | undefined,
): Promise<void> {
  await withConnection(url, async (sql) => {
    const [known] = await sql<{ network: boolean; webhooks: boolean }[]>`
      select
        to_regprocedure('private.configure_network(text, text, text)') is not null as network,
        to_regprocedure('private.configure_webhooks(boolean)') is not null as webhooks`
    if (known?.network && network) {
      await sql`select private.configure_network(${network.passphrase}, ${network.horizonUrl}, ${network.rpcUrl})`
    }
    // On this machine receivers listen on plain http.
    if (known?.webhooks) await sql`select private.configure_webhooks(true)`
  })
}
