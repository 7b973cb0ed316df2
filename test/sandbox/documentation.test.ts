import { execFile, spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { OPERATION_TYPES } from '../../tools/sandbox/core/operation-types.ts'
import { ruleOf } from '../../tools/sandbox/core/operations/index.ts'
import { FAULT_KINDS } from '../../tools/sandbox/faults/parse.ts'
import { RPC_METHODS } from '../../tools/sandbox/rpc/methods.ts'

const root = new URL('../../', import.meta.url)
const guide = await readFile(new URL('docs/sandbox.md', root), 'utf8')

describe('docs/sandbox.md', () => {
  test('has examples that work, one after the other, on a sandbox that was just started', async () => {
    const lines = [...guide.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block = '']) => block.split('\n'))
    const commands = lines.filter((line) => line.startsWith('curl'))
    expect(commands.length).toBeGreaterThan(20)
    const child = spawn(process.execPath, ['tools/sandbox/main.ts', '--port', '0', '--providers', '2'], { cwd: root })
    try {
      const printed: string[] = []
      for await (const line of createInterface({ input: child.stdout })) {
        printed.push(line)
        if (line.startsWith('Stop')) break
      }
      const url = (name: string): string => printed.find((line) => line.startsWith(name))?.split(/\s+/)[1] ?? ''
      for (const command of commands) {
        const script = `${command} -o /dev/null -w '%{http_code}'`
        const { stdout } = await promisify(execFile)('sh', ['-c', script], {
          env: { ...process.env, SANDBOX: url('Horizon') },
        })
        expect([command, stdout]).toEqual([command, '200'])
      }
      const status: unknown = await (await fetch(`${url('Horizon')}/_sandbox`)).json()
      expect(status).toMatchObject({
        epoch: 1,
        running: true,
        faults: { list: [], lag: { ledgers: 0 }, rpc_race: false },
      })
      expect((await fetch(url('Provider'))).status).toBe(200)
    } finally {
      child.kill()
    }
  })

  test('names every kind of fault, and no other', () => {
    const [, table = ''] =
      /\| kind \| fields \| what goes wrong \|\n\|---\|---\|---\|\n([\s\S]*?)\n\n/.exec(guide) ?? []
    const named = table
      .split('\n')
      .flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`([\w-]+)`/g)].map(([, kind]) => kind))
    expect(named.sort()).toEqual([...FAULT_KINDS].sort())
  })

  test('names every RPC method', () => {
    const [row = ''] = guide.split('\n').filter((line) => line.startsWith('| RPC |'))
    expect([...row.matchAll(/\b(?:get|send|simulate)[A-Z]\w+/g)].map(([name]) => name).sort()).toEqual(
      [...RPC_METHODS.keys()].sort(),
    )
  })

  test('says which operations are not supported', () => {
    const unknown = OPERATION_TYPES.filter((_, type) => !ruleOf(type as never))
    expect(unknown).toEqual([
      'inflation',
      'liquidity_pool_deposit',
      'liquidity_pool_withdraw',
      'extend_footprint_ttl',
      'restore_footprint',
    ])
  })

  test('has every option of the command line', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, ['tools/sandbox/main.ts', '--help'], { cwd: root })
    const options = [...stdout.matchAll(/^ {2}(--[\w-]+)/gm)]
      .map(([, name]) => name)
      .filter((name) => name !== '--help')
    const described = [...guide.matchAll(/^\| `(--[\w-]+)/gm)].map(([, name]) => name)
    expect(described.sort()).toEqual(options.sort())
  })
})
