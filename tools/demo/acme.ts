import { writeFile } from 'node:fs/promises'
import { makeCompany, toCsv } from './people.ts'

/** What makes examples/acme.csv what it is. */
export const ACME = { seed: 'acme', count: 250 } as const

/** Where the file lies. */
export const ACME_FILE = new URL('../../examples/acme.csv', import.meta.url)

/** The text of examples/acme.csv. A test holds the file to it; `node tools/demo/acme.ts` writes the file anew. */
export function acmeCsv(): string {
  return toCsv(makeCompany(ACME.seed, ACME.count))
}

if (import.meta.main) await writeFile(ACME_FILE, acmeCsv())
