const PLATFORM_SCHEMAS = new Set([
  'auth',
  'cron',
  'extensions',
  'graphql',
  'graphql_public',
  'information_schema',
  'net',
  'pgbouncer',
  'pgmq',
  'pgsodium',
  'pgsodium_masks',
  'realtime',
  'storage',
  'supabase_functions',
  'supabase_migrations',
  'vault',
])

/** Whether a schema belongs to PostgreSQL or Supabase and not to the project's migrations. */
export const isPlatformSchema = (schema: string): boolean => PLATFORM_SCHEMAS.has(schema) || /^(pg_|_)/.test(schema)

/** The same as a condition in SQL on a schema's name. */
export const notPlatformSchema = (column: string): string =>
  `${column} !~ '^(pg_|_)' and ${column} not in (${[...PLATFORM_SCHEMAS].map((name) => `'${name}'`).join(', ')})`
