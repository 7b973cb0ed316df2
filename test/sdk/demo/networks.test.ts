import { describe, expect, test } from 'vitest'
import { readArguments, UsageError } from '../../../tools/demo/arguments.ts'
import { openHorizon } from '../../../tools/demo/horizon.ts'
import { PUBLIC_PASSPHRASE, TESTNET } from '../../../tools/lib/stellar-networks.ts'
import { readStartArguments, StartUsageError } from '../../../tools/start/arguments.ts'
import { sendJson, startServer } from '../../support/http-server.ts'

describe('the network that is asked for', () => {
  test.each(['mainnet', 'public', 'pubnet', 'MAINNET', 'livenet'])(
    '"%s" is refused, with the way that is right there',
    (name) => {
      const words = ['--network', name]
      expect(() => readStartArguments(words)).toThrow(StartUsageError)
      expect(() => readStartArguments(words)).toThrow(/money is real.*docs\/deploy\.md/)
      expect(() => readArguments(words)).toThrow(UsageError)
      expect(() => readArguments(words)).toThrow(/money is real.*docs\/deploy\.md/)
    },
  )

  test.each([
    [['--network', 'moon'], /--network moon is unknown/],
    [['--horizon', 'https://horizon.example'], /needs --network testnet/],
    [['--network', 'testnet', '--horizon', 'horizon.example'], /is no address/],
    [['--network', 'testnet', '--horizon', 'https://horizon.example/?a=b'], /is no address/],
  ])('%j is refused with what is wrong', (words, sentence) => {
    expect(() => readStartArguments(words)).toThrow(sentence)
    expect(() => readArguments(words)).toThrow(sentence)
  })

  test('testnet has its own passphrase, addresses and data folder, and the sandbox stays the default', () => {
    const testnet = readStartArguments(['--network', 'testnet'])
    expect(testnet.network).toEqual(TESTNET)
    expect(testnet.dataFolder).toMatch(/\.payd-testnet$/)
    expect(readStartArguments([])).toMatchObject({ network: undefined, dataFolder: expect.stringMatching(/\.payd$/) })
    expect(readStartArguments(['--network', 'sandbox']).network).toBeUndefined()
    expect(readArguments([])).toMatchObject({ network: undefined, employees: undefined, seed: 'acme' })
  })

  test('the demo pays few people there, with keys that no other demo has', () => {
    const [one, two] = [readArguments(['--network', 'testnet']), readArguments(['--network', 'testnet'])]
    expect(one).toMatchObject({ network: TESTNET, employees: 10 })
    expect(one.help || two.help || one.seed === two.seed).toBe(false)
    expect(() => readArguments(['--network', 'testnet', '--employees', '101'])).toThrow(/at most 100 people/)
    expect(() => readArguments(['--network', 'testnet', '--data', '.payd'])).toThrow(/start one of their own/)
  })

  test('a server of the public network is refused whatever it was called', async () => {
    const server = await startServer((_, response) =>
      sendJson(response, 200, { network_passphrase: PUBLIC_PASSPHRASE }),
    )
    try {
      await expect(openHorizon(server.url)).rejects.toThrow(/money is real/)
    } finally {
      await server.close()
    }
  })
})
