import { mkdtemp, readFile, rename } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { pack, ROOT, remove, run, write } from './unpacked.ts'
import { EXPECTED, STRICTEST, USE, USE_JAVASCRIPT } from './use.ts'

const HELP = `npm run consumers [-- <name> …] [--keep]

Installs the packed package with npm, from the registry what it needs, into one app, and builds, type-checks and runs that:
  node      Node.js 20, 22 and 24, plain JavaScript
  types     tsc with moduleResolution nodenext and bundler, declarations checked
  vite      Vite and React
  next      Next.js with the app router, as create-next-app makes it
  deno      Deno, from node_modules
  link      an app that links a checkout
  git       an app that names a git address (what is committed, not what lies in the folder)
What needs no registry is a part of npm test: the package in the Node.js that is there, Deno, bundles for Workers and React Native.
--keep leaves the folder and says where it is.`

const { values, positionals } = parseArgs({
  options: { help: { type: 'boolean', short: 'h' }, keep: { type: 'boolean' } },
  allowPositionals: true,
})

const TYPESCRIPT = ['typescript@6.0.3', '@types/node@24']
/** What is installed, under names without a version. */
const ARCHIVES = { payd: 'payd.tgz', 'payd-cli': 'payd-cli.tgz' } as const
/** What Next.js takes for the answers of Google. */
const FONTS = `const face = (name) => '@font-face { font-family: "' + name + '"; src: local("Arial"); }'
module.exports = Object.fromEntries(['Geist', 'Geist Mono'].map((name) => [
  'https://fonts.googleapis.com/css2?family=' + name.replace(' ', '+') + ':wght@100..900&display=swap', face(name),
]))`
const REACT = ['react@19', 'react-dom@19', '@types/react@19', '@types/react-dom@19']

type Consumer = { readonly packages: readonly string[]; readonly prove: (folder: string) => Promise<void> }

const consumers: Readonly<Record<string, Consumer>> = {
  node: {
    packages: ['20', '22', '24'].map((version) => `node-${version}@npm:node@${version}`),
    prove: async (folder) => {
      for (const version of ['20', '22', '24']) {
        const program = join(folder, `node_modules/node-${version}/bin/node`)
        expectUse(`Node.js ${version}`, await run(folder, program, ['app.js']))
        const project = join(folder, `project-${version}`)
        await write(project, { 'supabase/config.toml': 'project_id = "shop"\n' })
        for (const command of ['init', 'doctor']) {
          await run(folder, program, ['node_modules/payd/dist/bin/payd.js', command, '--project', project])
        }
      }
    },
  },
  types: {
    packages: TYPESCRIPT,
    prove: async (folder) => {
      for (const compilerOptions of STRICTEST) {
        await write(folder, { 'tsconfig.json': JSON.stringify({ compilerOptions, files: ['use.ts'] }) })
        const output = await run(folder, bin(folder, 'tsc'), ['-p', '.']).catch((error: Error) => error.message)
        // What supabase-js has wrong in its own declarations is not ours.
        const errors = output.split('\n').filter((line) => line.includes('error TS') && !line.includes('@supabase'))
        if (errors.length > 0) throw new Error(errors.join('\n'))
      }
    },
  },
  vite: {
    packages: ['vite@8', '@vitejs/plugin-react@6', ...REACT],
    prove: async (folder) => {
      await write(folder, {
        'index.html': '<!doctype html><div id="root"></div><script type="module" src="/main.tsx"></script>',
        'vite.config.js': `import react from '@vitejs/plugin-react'\nexport default { plugins: [react()] }`,
        'main.tsx': `import { createRoot } from 'react-dom/client'\nimport { use } from './use'\nuse().then((text) => createRoot(document.body).render(<p>{text}</p>))`,
      })
      await run(folder, bin(folder, 'vite'), ['build'])
    },
  },
  next: {
    packages: ['create-next-app@16'],
    prove: async (folder) => {
      // The app as the program of Next.js creates it, with the answers that it offers.
      const options = ['--yes', '--ts', '--app', '--use-npm', '--skip-install', '--disable-git']
      const quiet = { NEXT_TELEMETRY_DISABLED: '1', CI: '1' }
      await run(folder, bin(folder, 'create-next-app'), ['next-app', ...options], quiet)
      const app = join(folder, 'next-app')
      await install(app, [join(folder, ARCHIVES.payd)])
      await write(app, {
        'app/use.ts': USE,
        'app/page.tsx': `import { use } from './use'\nasync function used() {\n  'use cache'\n  return await use()\n}\nexport default async function Page() {\n  return <p>{await used()}</p>\n}`,
        // A component of the browser: what it imports is bundled for there.
        'app/people/page.tsx': `'use client'\nimport { useState } from 'react'\nimport { use } from '../use'\nexport default function Page() {\n  const [text, show] = useState('none')\n  return <button onClick={async () => show(await use())}>{text}</button>\n}`,
      })
      // The app as it is created asks Google for two fonts, which is not what is proven here.
      await write(folder, { 'fonts.cjs': FONTS })
      const fonts = { NEXT_FONT_GOOGLE_MOCKED_RESPONSES: join(folder, 'fonts.cjs') }
      await run(app, bin(app, 'next'), ['build'], { ...quiet, ...fonts })
      const html = await readFile(join(app, '.next/server/app/index.html'), 'utf8')
      if (!html.includes(EXPECTED)) throw new Error('The page of Next.js does not show what was expected.')
    },
  },
  deno: {
    packages: [],
    prove: async (folder) => {
      const options = ['run', '--allow-all', '--node-modules-dir=manual']
      expectUse('Deno', await run(folder, join(ROOT, 'node_modules/.bin/deno'), [...options, 'app.ts']))
    },
  },
  link: { packages: [], prove: (folder) => proveAddress(folder, 'link', `link:${ROOT}`) },
  git: { packages: [], prove: (folder) => proveAddress(folder, 'git', `git+file://${ROOT}`) },
}

if (values.help) console.log(HELP)
else await main(positionals.length > 0 ? positionals : Object.keys(consumers))

async function main(names: readonly string[]): Promise<void> {
  const unknown = names.filter((name) => consumers[name] === undefined)
  if (unknown.length > 0) {
    throw new Error(`There is no consumer ${unknown.join(', ')}. There are: ${Object.keys(consumers).join(', ')}.`)
  }
  const chosen = Object.entries(consumers).filter(([name]) => names.includes(name))
  const folder = await mkdtemp(join(tmpdir(), 'payd-consumers-'))
  try {
    await run(ROOT, process.execPath, ['tools/package/build.ts'])
    await writeApp(folder)
    const packages = [...new Set(chosen.flatMap(([, consumer]) => consumer.packages))]
    for (const name of ['payd', 'payd-cli'] as const) {
      await rename((await pack(folder, name)).archive, join(folder, ARCHIVES[name]))
    }
    await install(folder, [...Object.values(ARCHIVES).map((archive) => join(folder, archive)), ...packages])
    for (const [name, { prove }] of chosen) {
      await prove(folder)
      console.log(`${name} works`)
    }
  } finally {
    if (values.keep) console.log(folder)
    else await remove(folder)
  }
}

async function writeApp(folder: string): Promise<void> {
  await write(folder, {
    'package.json': '{ "name": "app", "private": true, "type": "module" }',
    'use.ts': USE,
    'use.js': USE_JAVASCRIPT,
    'app.ts': `${USE}\nconsole.log(await use())`,
    'app.js': `${USE_JAVASCRIPT}\nconsole.log(await use())`,
  })
}

/** An app of its own, because its package comes from another place. A link is what `npm link` makes: the checkout, with what lies in it. */
async function proveAddress(folder: string, name: string, address: string): Promise<void> {
  const app = join(folder, name)
  await writeApp(app)
  await install(app, [address.replace(/^link:/, '')])
  expectUse(name, await run(app, process.execPath, ['app.js']))
}

async function install(folder: string, packages: readonly string[]): Promise<void> {
  const names = [...packages, '@supabase/supabase-js@^2.119', '@tanstack/query-core@5']
  await run(folder, 'npm', ['install', ...names, '--no-audit', '--no-fund', '--prefer-offline'])
}

function bin(folder: string, name: string): string {
  return join(folder, 'node_modules/.bin', name)
}

function expectUse(where: string, output: string): void {
  if (output.trim() !== EXPECTED) throw new Error(`${where} printed ${JSON.stringify(output)}.`)
}
