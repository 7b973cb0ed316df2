import { dirname, join } from 'node:path'

/** The folder that holds `supabase/`, `tools/` and `package.json` of PayD. */
export function projectRoot(): string {
  return dirname(dirname(import.meta.dirname))
}

/** Where Node.js keeps compiled modules; it checks their content itself, so nothing in there can be stale. */
export function compileCacheFolder(): string {
  return join(projectRoot(), 'node_modules', '.cache', 'payd-compiled')
}

/** Where databases are kept that new ones begin as a copy of (see template.ts): PAYD_DATABASE_CACHE, or beside the packages. */
export function templateFolder(environment: NodeJS.ProcessEnv = process.env): string {
  return environment.PAYD_DATABASE_CACHE || join(projectRoot(), 'node_modules', '.cache', 'payd-databases')
}

/** Where the TypeScript compiler keeps what it found out about files. */
export function typesFile(): string {
  return join(projectRoot(), 'node_modules', '.cache', 'payd-types.json')
}
