import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const ROOT = path.resolve(import.meta.dirname, '../..')

test('the generated documents and types are those of the migrations', async () => {
  const { stderr } = await promisify(execFile)('node', ['tools/docs/main.ts', '--check'], { cwd: ROOT }).catch(
    (error: { stderr: string }) => error,
  )
  expect(stderr).toBe('')
})
