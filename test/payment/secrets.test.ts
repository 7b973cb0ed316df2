import { describe, expect, test, vi } from 'vitest'
import { answerDoorbell } from '../../supabase/functions/_shared/worker/doorbell.ts'
import { jsonLog } from '../../supabase/functions/_shared/worker/log.ts'
import { systemFetch } from '../../supabase/functions/_shared/worker/platform.ts'
import type { DisburseDatabase } from '../../supabase/functions/payroll-disburse/database.ts'
import { disburse } from '../../supabase/functions/payroll-disburse/disburse.ts'
import { signingKeys } from '../../supabase/functions/payroll-disburse/signing-keys.ts'
import { aPayroll, closingLedgers, interceptedDatabase } from '../support/payroll.ts'
import { keypair } from '../support/plans.ts'

const SECRET = keypair(0).secret()
const onlyTreasuries = (name: string) => (name === 'PAYD_SIGNING_KEYS' ? JSON.stringify([SECRET]) : undefined)

describe('a signing key', () => {
  test('reaches the ledger as a signature and nothing else ever, whatever fails', async () => {
    const seen: string[] = []
    const log = vi.spyOn(console, 'log').mockImplementation((line: unknown) => void seen.push(String(line)))
    const names = await callNames()
    expect(names.length).toBeGreaterThan(6)

    for (const failing of [null, ...names]) {
      await using payroll = await aPayroll({ employees: 2 })
      const watched = interceptedDatabase(payroll.memory.database, (name, parameters) => {
        seen.push(
          JSON.stringify(parameters, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value)),
        )
        // The worst that a library could do: an error that quotes what it was working with.
        if (name === failing) throw Object.assign(new Error(`failed with ${SECRET}`), { cause: SECRET })
      })
      const fetch: typeof systemFetch = (url, init) => {
        seen.push(`${url} ${init.body}`)
        if (failing === 'fetch') return Promise.reject(new Error(`fetch ${SECRET}`))
        return closingLedgers(payroll.sandbox, systemFetch)(url, init)
      }
      const ports = payroll.ports({
        database: watched,
        fetch,
        log: jsonLog,
        keyring: signingKeys(onlyTreasuries),
      })
      const response = await answerDoorbell(new Request('http://x/', { method: 'POST' }), {
        name: 'payroll-disburse',
        clock: payroll.clock,
        log: jsonLog,
        authorize: () => Promise.resolve(true),
        run: () => disburse(ports),
      })
      seen.push(`${response.status} ${await response.text()} ${JSON.stringify([...response.headers])}`)
    }
    log.mockRestore()

    expect(seen.length).toBeGreaterThan(50)
    expect(seen.some((text) => text.includes('disburse.step'))).toBe(true)
    expect(seen.some((text) => text.includes('[secret]'))).toBe(true)
    const raw = Buffer.from(keypair(0).rawSecretKey())
    for (const text of seen) {
      for (const form of [SECRET, SECRET.slice(8, 40), raw.toString('hex'), raw.toString('base64')]) {
        expect(text.includes(form), text.slice(0, 200)).toBe(false)
      }
    }
  })
})

describe('the order of steps', () => {
  test('a transaction is stored before it is signed, and marked as sent before it is sent', async () => {
    await using payroll = await aPayroll({ employees: 2 })
    const order: string[] = []
    const keyring = signingKeys(onlyTreasuries)
    await payroll.ring({
      database: interceptedDatabase(payroll.memory.database, (name) => void order.push(name)),
      fetch: (url, init) => {
        if (init.method === 'POST') order.push('POST')
        return closingLedgers(payroll.sandbox, systemFetch)(url, init)
      },
      keyring: {
        has: keyring.has,
        sign: (request) => {
          order.push('sign')
          return keyring.sign(request)
        },
        signFeeBump: keyring.signFeeBump,
        signChannel: keyring.signChannel,
      },
    })
    // Other accounts and reports are asked for meanwhile.
    const asked = new Set(['claimChannelWishes', 'claimDisbursement', 'claimPreflight'])
    expect(order.slice(0, 2)).toEqual(['claimChannelWishes', 'claimDisbursement'])
    expect(order.filter((name) => !asked.has(name))).toEqual([
      'accountsToCheck',
      'planOperations',
      'compareSourceAccount',
      'paymentsInFlight',
      'persistTransaction',
      'sign',
      'beginSubmission',
      'POST',
      'recordOutcome',
      'releaseDisbursement',
    ])
  })
})

async function callNames(): Promise<readonly (keyof DisburseDatabase | 'fetch')[]> {
  await using payroll = await aPayroll({ employees: 1 })
  return [...(Object.keys(payroll.memory.database) as (keyof DisburseDatabase)[]), 'fetch']
}
