import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { plainEnvironment } from '../../tools/lib/plain-environment.ts'

const ROOT = path.resolve(import.meta.dirname, '../..')

test('the generated documents and types are those of the migrations', async () => {
  const options = { cwd: ROOT, env: plainEnvironment() }
  const { stderr } = await promisify(execFile)('node', ['tools/docs/main.ts', '--check'], options).catch(
    (error: { stderr: string }) => error,
  )
  expect(stderr).toBe('')
})
