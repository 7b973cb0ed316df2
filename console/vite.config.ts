import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const ROOT = join(import.meta.dirname, '..')

/**
 * Static files for any host. The address and the publishable key are read from config.json when the page opens, so one build serves every
 * project; `npm run build -w console -- --base /` is for a host that serves it from its root.
 */
export default defineConfig({
  base: '/console/',
  plugins: [react(), tailwindcss()],
  resolve: { alias: publicEntries(), dedupe: ['react', 'react-dom', '@tanstack/query-core'] },
  build: {
    target: 'es2022',
    sourcemap: false,
    reportCompressedSize: false,
    modulePreload: { polyfill: false },
    // An inlined font or picture would need data: addresses in the Content-Security-Policy.
    assetsInlineLimit: 0,
  },
})

/** The public entries of the package and nothing else, from their sources: a build is never older than the checkout that it stands in. */
function publicEntries(): { find: RegExp; replacement: string }[] {
  const { exports } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    exports: Record<string, string | { default: string }>
  }
  return Object.entries(exports).flatMap(([entry, target]) => {
    if (typeof target === 'string') return []
    const file = target.default.replace('./dist/', 'src/').replace(/\.js$/, '.ts')
    return [{ find: new RegExp(`^payd${entry.slice(1)}$`), replacement: join(ROOT, file) }]
  })
}
