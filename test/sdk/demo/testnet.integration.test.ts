import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { readArguments } from '../../../tools/demo/arguments.ts'
import { demonstrate } from '../../../tools/demo/demonstrate.ts'
import { TESTNET } from '../../../tools/lib/stellar-networks.ts'
import { createSandbox, type Sandbox } from '../../../tools/sandbox/index.ts'

// The test network itself cannot be reached from where tests run, so a sandbox stands in for it: it has the passphrase of the
// test network and its friendbot, and only the address differs from what `--network testnet` uses.
let network: Sandbox

beforeAll(async () => {
  network = await createSandbox({ networkPassphrase: TESTNET.passphrase, ledgerIntervalMs: 300 })
})

afterAll(() => network?.close())

test('--network testnet pays made-up people with money of friendbot on a network that is not of the stack, and proves it', async () => {
  const output: string[] = []
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => output.push(String(text)) > 0)
  const progress = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  try {
    const words = ['--network', 'testnet', '--horizon', network.url, '--employees', '4', '--json']
    const wanted = readArguments(words)
    if (wanted.help) throw new Error('Help was not asked for.')
    expect(await demonstrate(wanted)).toBe(0)
  } finally {
    write.mockRestore()
    progress.mockRestore()
  }
  const summary = JSON.parse(output.at(-1) ?? '')
  expect(summary).toMatchObject({ books: { equal: true } })
  expect(summary.paid).toBeGreaterThan(0)
  const { operations } = network.dump()
  expect(operations.filter(({ successful, type }) => successful && type === 'payment').length).toBeGreaterThan(0)
})
