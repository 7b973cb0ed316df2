import { defineConfig } from 'tsdown'

/** One file of the package for each file of the source, so that bundlers leave out what an app does not use. */
export default defineConfig({
  entry: [
    'src/index.ts',
    'src/database.ts',
    'src/schemas.ts',
    'src/query/index.ts',
    'src/realtime/index.ts',
    'src/stellar/index.ts',
    'src/webhooks/index.ts',
  ],
  format: 'esm',
  platform: 'neutral',
  target: 'es2022',
  unbundle: true,
  // tsc writes them: bundled types would lose the documentation of what `createPayd` binds.
  dts: false,
  fixedExtension: false,
  tsconfig: 'tsconfig.build.json',
})
