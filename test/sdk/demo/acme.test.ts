import { readFile } from 'node:fs/promises'
import { StrKey } from '@stellar/stellar-sdk'
import { describe, expect, it } from 'vitest'
import { readEmployeeCsv } from '../../../src/index.ts'
import { ACME_FILE, acmeCsv } from '../../../tools/demo/acme.ts'
import { makeCompany, toCsv } from '../../../tools/demo/people.ts'

describe('examples/acme.csv', () => {
  it('is what its generator writes', async () => {
    expect(await readFile(ACME_FILE, 'utf8'), 'Run "node tools/demo/acme.ts".').toBe(acmeCsv())
  })

  it('has 250 people, one mistyped address, one wallet without trust, and the amounts that break numbers', () => {
    const { rows, unusable } = readEmployeeCsv(acmeCsv())
    expect(unusable).toEqual([])
    expect(rows).toHaveLength(250)
    expect(rows.filter((row) => !StrKey.isValidEd25519PublicKey(row.wallet_address ?? ''))).toHaveLength(1)
    expect(rows.map((row) => row.salary)).toEqual(expect.arrayContaining(['4200.0000001', '0.1']))
    expect(new Set(rows.map((row) => row.email)).size).toBe(250)
    const { people } = makeCompany('acme', 250)
    expect(people.filter((person) => person.row.asset_code === 'USDC' && !person.trusts)).toHaveLength(1)
  })
})

describe('a made-up company', () => {
  it('is the same for the same seed and another for another', () => {
    expect(toCsv(makeCompany('a', 30))).toBe(toCsv(makeCompany('a', 30)))
    expect(toCsv(makeCompany('a', 30))).not.toBe(toCsv(makeCompany('b', 30)))
  })

  it('reads back as it was written, and has no faults while it is tiny', () => {
    const company = makeCompany('a', 9)
    expect(readEmployeeCsv(toCsv(company)).rows.map(({ line, ...row }) => row)).toEqual(
      company.people.map((person) => person.row),
    )
    expect(company.people.every(({ row }) => StrKey.isValidEd25519PublicKey(row.wallet_address))).toBe(true)
  })
})
