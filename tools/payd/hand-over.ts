#!/usr/bin/env node
import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

// The program `payd` of the package that apps install. Migrations, functions and tools are in the package `payd-cli` of the same
// version, so that an app carries none of them: it is taken from where it is installed, and otherwise npm fetches it.

const HERE = fileURLToPath(import.meta.url)
const { version } = manifestAt(join(dirname(HERE), '../../package.json'))
const program = installedProgram()

if (program !== undefined) {
  process.argv[1] = program
  await import(pathToFileURL(program).href)
} else {
  console.error(
    `payd ${version} fetches payd-cli@${version}; "npm install --save-dev payd-cli@${version}" keeps it here.`,
  )
  process.exitCode = await runByNpm(process.argv.slice(2))
}

/** The program of the same version, installed beside this package or in the project in this folder. */
function installedProgram(): string | undefined {
  for (const from of [HERE, join(process.cwd(), 'package.json')]) {
    try {
      const path = createRequire(from).resolve('payd-cli/package.json')
      const file = join(dirname(path), 'dist/bin/payd-cli.js')
      if (manifestAt(path).version === version && existsSync(file)) return file
    } catch {
      // It is not installed there.
    }
  }
  return undefined
}

function manifestAt(path: string): { readonly version: string } {
  return JSON.parse(readFileSync(path, 'utf8'))
}

/** npm without a shell, which would read the passwords and quotes of a connection string in its own way. */
function runByNpm(args: readonly string[]): Promise<number> {
  const nodeFolder = dirname(process.execPath)
  const script = [
    ...(process.env.npm_execpath ? [join(dirname(process.env.npm_execpath), 'npm-cli.js')] : []),
    join(nodeFolder, 'node_modules/npm/bin/npm-cli.js'),
    join(nodeFolder, '../lib/node_modules/npm/bin/npm-cli.js'),
  ].find((path) => existsSync(path))
  const [command, first] = script === undefined ? ['npm', []] : [process.execPath, [script]]
  const exec = ['exec', '--yes', `--package=payd-cli@${version}`, '--', 'payd-cli', ...args]
  return new Promise((resolve) => {
    const child = spawn(command, [...first, ...exec], { stdio: 'inherit' })
    child.on('exit', (code) => resolve(code ?? 1))
    child.on('error', () => {
      console.error(`npm cannot be started. Install the package yourself: payd-cli@${version}.`)
      resolve(1)
    })
  })
}
