import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Sql } from 'postgres'
import { embeddedPostgresBinaries, type PostgresBinaries } from '../lib/binaries.ts'
import { startKeeper } from '../lib/keeper.ts'
import { type PostgresServer, SUPERUSER, startPostgres } from '../lib/postgres.ts'
import { projectRoot } from '../lib/project.ts'
import { connect, databaseUrl } from '../lib/sql.ts'
import { bootstrapDatabase, type DefaultPrivileges, dressDatabase } from './bootstrap.ts'
import { applyMigrations } from './migrate.ts'
import type { ProjectContent } from './project-content.ts'
import { createProjectFolder, PROJECT_DATABASE } from './project-folder.ts'
import { openTemplate } from './template.ts'

/** The database every new one is cloned from by default: a Supabase project without migrations. */
const BLANK = 'blank_project'

/** The same in a cluster that was started with migrations. */
const MIGRATED = 'migrated_project'

/** How a test cluster is started. */
export type ClusterOptions = {
  /** Default: the PostgreSQL 17 from npm. */
  readonly binaries?: PostgresBinaries
  /** What Supabase grants on new objects by itself; default `strict`. */
  readonly privileges?: DefaultPrivileges
  /** Begins with PayD's migrations applied (by the Supabase CLI, kept from the first time), or those of a project folder. */
  readonly migrated?: boolean | { readonly projectFolder: string }
  /** Gets what the server prints; default: thrown away, but the last lines are part of errors. */
  readonly logFile?: string
  /** Further server settings, such as `shared_preload_libraries=pg_cron`. */
  readonly settings?: readonly string[]
}

/** One throw-away PostgreSQL server that holds any number of Supabase-like databases. */
export type Cluster = {
  readonly port: number
  readonly major: number
  /** The maintenance database, as the superuser. */
  readonly adminUrl: string
  /** The database every new one is cloned from by default: a Supabase project, with the migrations the cluster began with. */
  readonly project: string
  /** Connection string of a database; default role `postgres`, which is no superuser, as on Supabase. */
  urlFor(database: string, role?: 'postgres' | 'authenticator' | 'supabase_admin'): string
  /** Clones `template` (default: `project`) and returns the URL for the role postgres. */
  createDatabase(name: string, options?: { readonly template?: string }): Promise<string>
  /** A Supabase project without migrations, bootstrapped anew with these default privileges. */
  createProject(name: string, options: { readonly privileges: DefaultPrivileges }): Promise<string>
  /** Applies the migrations of a project folder (default: PayD's) with the Supabase CLI and returns what it printed. */
  migrate(database: string, options?: { readonly projectFolder?: string; readonly seed?: boolean }): Promise<string>
  /** Drops a database, ending its sessions. */
  dropDatabase(name: string): Promise<void>
  /** Ends the server and removes its folder. */
  stop(): Promise<void>
}

/**
 * Starts a throw-away server in a temporary folder, ready to clone databases from.
 *
 * @example
 * const cluster = await startCluster({ migrated: true })
 * const url = await cluster.createDatabase('my_test')
 */
export async function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const folder = await mkdtemp(join(tmpdir(), 'payd-cluster-'))
  // When this process is root, PostgreSQL runs as another user, who must be able to pass through to its own folder.
  await chmod(folder, 0o711)
  const keeper = startKeeper()
  keeper.removeAtEnd(folder)
  const superuserPassword = randomBytes(18).toString('base64url')
  try {
    const binaries = options.binaries ?? embeddedPostgresBinaries()
    const dataFolder = join(folder, 'postgres')
    const project = options.migrated ? MIGRATED : BLANK
    await createFolder(contentOf(options, binaries), { dataFolder, superuserPassword, project, keeper })
    const server = await startPostgres({
      binaries,
      dataFolder,
      port: 0,
      superuserPassword,
      durable: false,
      keeper,
      ...(options.logFile === undefined ? {} : { logFile: options.logFile }),
      ...(options.settings === undefined ? {} : { settings: options.settings }),
    })
    const release = async (): Promise<void> => {
      await server.stop()
      await keeper.close()
    }
    return openCluster(server, binaries.major, superuserPassword, project, release)
  } catch (error) {
    await keeper.close()
    throw error
  }
}

function contentOf(
  { privileges = 'strict', migrated = false }: ClusterOptions,
  binaries: PostgresBinaries,
): ProjectContent {
  if (!migrated) return { binaries, privileges }
  return { binaries, privileges, projectFolder: migrated === true ? projectRoot() : migrated.projectFolder }
}

/** The project of the template becomes the database to clone; the maintenance database is a plain one. */
async function createFolder(
  content: ProjectContent,
  { project, ...wanted }: Omit<Parameters<typeof createProjectFolder>[0], 'template' | 'content'> & { project: string },
): Promise<void> {
  const template = await openTemplate(content)
  await createProjectFolder({
    ...wanted,
    content,
    template: template?.folder,
    statements: [
      `alter database ${PROJECT_DATABASE} rename to ${project}`,
      'create database postgres template template0 strategy file_copy',
    ],
  })
}

function openCluster(
  server: PostgresServer,
  major: number,
  superuserPassword: string,
  project: string,
  release: () => Promise<void>,
): Cluster {
  const urlFor: Cluster['urlFor'] = (database, role = 'postgres') =>
    databaseUrl(server.port, database, role, role === SUPERUSER ? superuserPassword : 'postgres')
  const adminUrl = urlFor('postgres', SUPERUSER)
  const admin = connect(adminUrl)
  return {
    port: server.port,
    major,
    adminUrl,
    project,
    urlFor,
    createProject: async (name, { privileges }) => {
      await admin`create database ${admin(name)}`
      await bootstrapDatabase(urlFor(name, SUPERUSER), privileges)
      return urlFor(name)
    },
    createDatabase: async (name, { template = project } = {}) => {
      await clone(admin, name, template)
      return urlFor(name)
    },
    migrate: (database, { projectFolder = projectRoot(), seed = false } = {}) =>
      applyMigrations(projectFolder, urlFor(database), { seed }),
    dropDatabase: async (name) => {
      await admin`drop database if exists ${admin(name)} with (force)`
    },
    stop: async () => {
      await admin.end()
      await release()
    },
  }
}

async function clone(admin: Sql, name: string, template: string): Promise<void> {
  // Copying files is the fastest way when nothing is flushed to disk anyway.
  await admin`create database ${admin(name)} template ${admin(template)} strategy file_copy`
  await dressDatabase(admin, name)
}
