import { readFile } from 'node:fs/promises'
import { ACME, ACME_FILE } from './acme.ts'
import type { DemoStack } from './demo-stack.ts'
import { makeCompany, toCsv } from './people.ts'
import type { DemoOptions } from './run.ts'

/** Who is paid, and from which file. */
export type Source = Pick<DemoOptions, 'company' | 'csv' | 'csvName'>

/** How many people are paid on a network of others, where friendbot opens every wallet. */
const PEOPLE_ON_TESTNET = 10

/** So many made-up people, who follow from the seed. */
export function madeUp(seed: string, count: number): Source {
  const company = makeCompany(seed, count)
  return { company, csv: toCsv(company), csvName: `${count} made-up people` }
}

/** The 250 people of the file on a sandbox; a few on a network of others, with keys that follow from the treasury of this stack alone. */
export async function peopleFor({ hasSandbox, treasury }: DemoStack): Promise<Source> {
  if (!hasSandbox) return madeUp(treasury.publicKey(), PEOPLE_ON_TESTNET)
  const csv = await readFile(ACME_FILE)
  return { company: makeCompany(ACME.seed, ACME.count), csv, csvName: 'examples/acme.csv' }
}
