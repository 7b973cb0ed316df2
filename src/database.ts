/**
 * The types of the whole database, for `createClient<Database>()` and queries by hand. Money is `number` in them, because the generator knows no
 * better: prefer the functions and rows of `payd`, where it is text.
 */
export type { Database } from './database.types.ts'
