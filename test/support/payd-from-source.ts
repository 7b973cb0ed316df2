import { registerHooks } from 'node:module'

// For programs that import the package as its users do: `node --import <this file> program.ts` gives them the source instead.
const SUBPATHS: Readonly<Record<string, string>> = {
  payd: '../../src/index.ts',
  'payd/webhooks': '../../src/webhooks/index.ts',
}

registerHooks({
  resolve: (specifier, context, nextResolve) => {
    const file = SUBPATHS[specifier]
    if (file === undefined) return nextResolve(specifier, context)
    return { url: new URL(file, import.meta.url).href, shortCircuit: true }
  },
})
