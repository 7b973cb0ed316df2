import { fileURLToPath } from 'node:url'

/** Where lies what the pages of a failed test asked for, heard and showed; emptied when the tests begin. */
export const FAILED = fileURLToPath(new URL('../../../artifacts/console/failed/', import.meta.url))
