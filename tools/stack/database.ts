import { access, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { embeddedPostgresBinaries } from './binaries.ts'
import { bootstrapDatabase } from './bootstrap.ts'
import { writePrivately } from './files.ts'
import type { Keeper } from './keeper.ts'
import type { StackKeys } from './keys.ts'
import { portOrAny } from './ports.ts'
import { type PostgresServer, SUPERUSER, startPostgres } from './postgres.ts'
import { connect, databaseUrl } from './sql.ts'
import type { StackOptions } from './stack-options.ts'

/** The database of a stack. */
export type StackDatabase = {
  readonly url: string
  readonly adminUrl: string
  readonly authenticatorUrl: string
  /** Absent when the database is not ours to start and stop. */
  readonly server?: PostgresServer
}

/** Starts the PostgreSQL server of a data folder and makes its database look like a Supabase project. */
export async function startDatabase(
  options: StackOptions,
  context: { readonly dataDir: string; readonly logFile: string; readonly keys: StackKeys; readonly keeper: Keeper },
): Promise<StackDatabase> {
  if (options.database) return borrowed(options.database)
  const dataFolder = join(context.dataDir, 'postgres')
  const marker = join(context.dataDir, 'bootstrapped')
  const isBootstrapped = await access(marker).then(
    () => true,
    () => false,
  )
  // A start that was cut off half-way has left a folder without any data of people; it is made anew.
  if (!isBootstrapped) await rm(dataFolder, { recursive: true, force: true })
  const server = await startPostgres({
    binaries: options.binaries ?? embeddedPostgresBinaries(),
    dataFolder,
    port: await portOrAny(options.databasePort ?? 0),
    superuserPassword: context.keys.superuserPassword,
    durable: options.dataDir !== undefined,
    keeper: context.keeper,
    logFile: context.logFile,
  })
  try {
    const adminUrl = databaseUrl(server.port, 'postgres', SUPERUSER, context.keys.superuserPassword)
    if (!isBootstrapped) {
      await bootstrapDatabase(adminUrl, options.privileges)
      await writePrivately(marker, '')
    }
    const url = databaseUrl(server.port, 'postgres', 'postgres', 'postgres')
    return { ...borrowed({ url, adminUrl }), server }
  } catch (error) {
    await server.stop()
    throw error
  }
}

function borrowed(database: { readonly url: string; readonly adminUrl: string }): StackDatabase {
  const authenticator = new URL(database.url)
  authenticator.username = 'authenticator'
  return { ...database, authenticatorUrl: authenticator.href }
}

/** Tells the database which Stellar network and which local freedoms this stack has, as far as it can be told. */
export async function configureDatabase(
  url: string,
  network: { readonly passphrase: string; readonly horizonUrl: string; readonly rpcUrl: string } | undefined,
): Promise<void> {
  const sql = connect(url)
  try {
    const [known] = await sql<{ network: boolean; webhooks: boolean }[]>`
      select
        to_regprocedure('private.configure_network(text, text, text)') is not null as network,
        to_regprocedure('private.configure_webhooks(boolean)') is not null as webhooks`
    if (known?.network && network) {
      await sql`select private.configure_network(${network.passphrase}, ${network.horizonUrl}, ${network.rpcUrl})`
    }
    // On this machine receivers listen on plain http.
    if (known?.webhooks) await sql`select private.configure_webhooks(true)`
  } finally {
    await sql.end()
  }
}
