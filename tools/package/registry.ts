import { spawn } from 'node:child_process'
import { createReadStream, existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { basename, dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { type Packed, ROOT, run } from './unpacked.ts'

/**
 * A registry for npm that knows what was packed, and of every other package the version that this checkout has: real installs
 * need no network.
 */
export async function startRegistry(packed: readonly Packed[]): Promise<{
  readonly url: string
  readonly stop: () => Promise<void>
}> {
  const archives = new Map<string, string>()
  for (const { archive } of packed) {
    const manifest = JSON.parse(await run(ROOT, 'tar', ['-xzOf', archive, 'package/package.json']))
    archives.set(manifest.name, archive)
  }
  const server = createServer((request, response) => {
    answer(decodeURIComponent(request.url ?? '').slice(1), response).catch(() => response.writeHead(500).end())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  async function answer(path: string, response: ServerResponse): Promise<void> {
    const [name = '', isArchive] = path.split('/-/')
    const archive = archives.get(name)
    const folder = join(ROOT, 'node_modules', name)
    if (archive === undefined && !existsSync(join(folder, 'package.json'))) {
      response.writeHead(404, { 'content-type': 'application/json' }).end('{"error":"Not found"}')
    } else if (isArchive === undefined) {
      response.setHeader('content-type', 'application/json').end(JSON.stringify(await describe(name, folder, archive)))
    } else if (archive !== undefined) {
      await pipeline(createReadStream(archive), response)
    } else {
      const tar = spawn('tar', ['-czf', '-', '--exclude=node_modules', '-C', dirname(folder), basename(folder)])
      await pipeline(tar.stdout, response)
    }
  }

  async function describe(name: string, folder: string, archive: string | undefined): Promise<object> {
    const text =
      archive === undefined
        ? await readFile(join(folder, 'package.json'), 'utf8')
        : await run(ROOT, 'tar', ['-xzOf', archive, 'package/package.json'])
    // A package that lies here was installed already; npm would run its scripts again.
    const { scripts, ...manifest } = JSON.parse(text)
    const version = { ...manifest, dist: { tarball: `${url}/${name}/-/package.tgz` } }
    return { name, 'dist-tags': { latest: manifest.version }, versions: { [manifest.version]: version } }
  }

  return {
    url,
    stop: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
