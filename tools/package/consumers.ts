import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { parseArgs, promisify } from 'node:util'

const ROOT = resolve(import.meta.dirname, '../..')
const HELP = `npm run consumers [-- <name> …] [--keep]

Installs the packed package from npm into real apps and builds, type-checks and runs them:
  node      Node.js 20, 22 and 24, plain JavaScript
  types     tsc with moduleResolution nodenext and bundler, lib ES2022, declarations checked
  vite      Vite and React
  next      Next.js with the app router, as created
  deno      Deno, from node_modules
  bundles   a Workers-like and a React-Native-like bundle
--keep leaves the folders and says where they are.`

const { values, positionals } = parseArgs({
  options: { help: { type: 'boolean', short: 'h' }, keep: { type: 'boolean' } },
  allowPositionals: true,
})

const USE = `import { createClient } from '@supabase/supabase-js'
import { createPayd, isAmount, splitAmount } from 'payd'
import { paydQueries } from 'payd/query'
import { subscribeToOrganization } from 'payd/realtime'
import { newBonusSchema } from 'payd/schemas'
import { signTestWebhook, verifyWebhook } from 'payd/webhooks'

export async function use() {
  const options = typeof WebSocket === 'undefined' ? { realtime: { transport: class {} } } : {}
  const payd = createPayd(createClient('http://127.0.0.1:1', 'key', options as never))
  const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
  const event = await verifyWebhook(await signTestWebhook({ secret, type: 'payroll.completed', data: {} }), { secrets: [secret] })
  const refused = await payd.payrollRuns.create({ period_start: '31.12.2026', period_end: '2026-12-31' }).catch((error) => error.code)
  const parts = [event.type, refused, isAmount('1.5'), splitAmount('1', [1, 1, 1])[0], newBonusSchema.safeParse({}).success]
  return [...parts, typeof paydQueries(payd).employees.list, typeof subscribeToOrganization].join(' ')
}
`
const EXPECTED = 'payroll.completed invalid_date true 0.3333334 false function function'

const consumers: Readonly<Record<string, (folder: string) => Promise<void>>> = {
  node: async (folder) => {
    await write(folder, { 'app.js': `${plain(USE)}\nconsole.log(await use())` })
    for (const version of ['20', '22', '24']) {
      await npm(folder, ['install', `node-${version}@npm:node@${version}`, '--no-save'])
      const program = join(folder, `node_modules/node-${version}/bin/node`)
      expectUse(`Node.js ${version}`, await run(folder, program, ['app.js']))
    }
  },
  types: async (folder) => {
    await npm(folder, ['install', 'typescript@6.0.3', '@types/node@24', '@tanstack/query-core@5'])
    await write(folder, { 'app.ts': USE })
    for (const [module, moduleResolution] of [
      ['nodenext', 'nodenext'],
      ['esnext', 'bundler'],
    ] as const) {
      const compilerOptions = {
        module,
        moduleResolution,
        strict: true,
        noEmit: true,
        lib: ['es2022', 'dom'],
        types: ['node'],
        exactOptionalPropertyTypes: true,
        noPropertyAccessFromIndexSignature: true,
      }
      await write(folder, { 'tsconfig.json': JSON.stringify({ compilerOptions, files: ['app.ts'] }) })
      const output = await run(folder, join(folder, 'node_modules/.bin/tsc'), ['-p', '.']).catch(({ stdout }) => stdout)
      // What supabase-js has wrong in its own declarations is not ours.
      const errors = output.split('\n').filter((line: string) => line.includes('error') && !line.includes('@supabase'))
      if (errors.length > 0) throw new Error(errors.join('\n'))
    }
  },
  vite: async (folder) => {
    await npm(folder, [
      'install',
      'vite@8',
      '@vitejs/plugin-react@6',
      'react@19',
      'react-dom@19',
      '@tanstack/query-core@5',
    ])
    await write(folder, {
      'index.html': '<!doctype html><div id="root"></div><script type="module" src="/main.tsx"></script>',
      'vite.config.js': `import react from '@vitejs/plugin-react'\nexport default { plugins: [react()] }`,
      'main.tsx': `import { createRoot } from 'react-dom/client'\nimport { use } from './use'\nuse().then((text) => createRoot(document.body).render(<p>{text}</p>))`,
      'use.ts': USE,
    })
    await run(folder, join(folder, 'node_modules/.bin/vite'), ['build'])
  },
  next: async (folder) => {
    await npm(folder, [
      'install',
      'next@16',
      'react@19',
      'react-dom@19',
      'typescript@6.0.3',
      '@types/react@19',
      '@types/node@24',
      '@tanstack/query-core@5',
    ])
    await write(folder, {
      'app/layout.tsx':
        'export default function Layout({ children }: { children: React.ReactNode }) {\n  return <html><body>{children}</body></html>\n}',
      'app/page.tsx': `import { use } from '../use'\nexport default async function Page() {\n  return <p>{await use()}</p>\n}`,
      'use.ts': USE,
    })
    await run(folder, join(folder, 'node_modules/.bin/next'), ['build'], { NEXT_TELEMETRY_DISABLED: '1', CI: '1' })
    const html = await readFile(join(folder, '.next/server/app/index.html'), 'utf8')
    if (!html.includes(EXPECTED)) throw new Error('The page of Next.js does not show what was expected.')
  },
  deno: async (folder) => {
    await write(folder, { 'app.ts': `${USE}\nconsole.log(await use())` })
    expectUse(
      'Deno',
      await run(folder, join(ROOT, 'node_modules/.bin/deno'), [
        'run',
        '--allow-all',
        '--node-modules-dir=manual',
        'app.ts',
      ]),
    )
  },
  bundles: async (folder) => {
    await npm(folder, ['install', 'esbuild@0.28'])
    await write(folder, { 'app.js': `${plain(USE)}\nconsole.log(await use())`, 'use.js': plain(USE) })
    const esbuild = join(folder, 'node_modules/.bin/esbuild')
    const workers = [
      '--bundle',
      '--format=esm',
      '--conditions=workerd,worker,browser',
      '--platform=neutral',
      '--main-fields=module,main',
    ]
    await run(folder, esbuild, ['app.js', ...workers, '--outfile=worker.mjs'])
    expectUse('the Workers-like bundle', await run(folder, process.execPath, ['worker.mjs']))
    // Hermes has neither top-level await nor import(); Metro takes the condition react-native.
    const native = [
      '--bundle',
      '--format=iife',
      '--global-name=app',
      '--conditions=react-native,browser',
      '--platform=neutral',
      '--main-fields=react-native,browser,main',
      '--target=es2022',
    ]
    await run(folder, esbuild, ['use.js', ...native, '--outfile=native.js'])
    await write(folder, {
      'native-run.mjs': `import { readFileSync } from 'node:fs'\nconst app = new Function(readFileSync('native.js', 'utf8') + '; return app')()\nglobalThis.DOMException = undefined\nconsole.log(await app.use())`,
    })
    expectUse('the React-Native-like bundle', await run(folder, process.execPath, ['native-run.mjs']))
  },
}

if (values.help) console.log(HELP)
else await main(positionals.length > 0 ? positionals : Object.keys(consumers))

async function main(names: readonly string[]): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'payd-consumers-'))
  try {
    await run(ROOT, process.execPath, ['tools/package/build.ts'])
    const packed = await npm(ROOT, ['pack', '--ignore-scripts', '--json', '--pack-destination', folder])
    const [{ filename }] = JSON.parse(packed) as [{ filename: string }]
    for (const name of names) {
      const consumer = consumers[name]
      if (consumer === undefined)
        throw new Error(`There is no consumer "${name}". There are: ${Object.keys(consumers).join(', ')}.`)
      const app = join(folder, name)
      await write(app, { 'package.json': '{ "name": "app", "private": true, "type": "module" }' })
      await npm(app, ['install', join(folder, filename), '@supabase/supabase-js@^2.119'])
      await consumer(app)
      console.log(`${name} works`)
    }
  } finally {
    if (values.keep) console.log(folder)
    else await rm(folder, { recursive: true, force: true })
  }
}

/** The example as JavaScript. */
function plain(code: string): string {
  return code.replaceAll(' as never', '')
}

function expectUse(where: string, output: string): void {
  if (output.trim() !== EXPECTED) throw new Error(`${where} printed ${JSON.stringify(output)}.`)
}

async function write(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), text)
  }
}

async function npm(folder: string, args: readonly string[]): Promise<string> {
  return await run(folder, 'npm', [...args, '--no-audit', '--no-fund'])
}

async function run(
  folder: string,
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<string> {
  const { stdout } = await promisify(execFile)(command, args, {
    cwd: folder,
    env: { ...process.env, ...env },
    maxBuffer: 2 ** 26,
  })
  return stdout
}
