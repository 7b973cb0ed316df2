import { defineConfig } from 'tsdown'

/** One file of the package for each file of the source, so that bundlers leave out what an app does not use; without blanks and comments. */
export default defineConfig({
  entry: [
    'src/index.ts',
    'src/schemas.ts',
    'src/query/index.ts',
    'src/realtime/index.ts',
    'src/stellar/index.ts',
    'src/webhooks/index.ts',
  ],
  format: 'esm',
  platform: 'neutral',
  target: 'es2022',
  // Files shared by several import paths would be smaller together, but what is loaded only when it is needed would then be loaded at once.
  unbundle: true,
  minify: true,
  // tsc writes them: bundled types would lose the documentation of what `createPayd` binds.
  dts: false,
  fixedExtension: false,
  tsconfig: 'tsconfig.build.json',
})
