/**
 * Run by npm after `npm install` in a checkout of PayD, and where an app names a git address (never where PayD comes from a
 * registry or an archive). It builds the package into dist/, and in a checkout the console and the database that the first `npm start` and
 * `npm test` copy: people expect to wait for an install, and not for a start. Whatever is missing in a checkout, such as
 * development dependencies that were left out, an account for PostgreSQL, or a Node.js that reads TypeScript, is no reason to
 * fail: `npm run build` and the first start build what they do not find, and say then what is wrong.
 */
import { fileURLToPath } from 'node:url'

const isForAnApp = process.env._PACOTE_NO_PREPARE_ !== undefined

try {
  await import('../package/build.ts')
} catch (error) {
  // An app would be left with a package that holds nothing.
  if (isForAnApp) throw error
}

if (!isForAnApp) {
  try {
    const { build } = await import('vite')
    // React has another build for development, and a test or a shell may have named that.
    process.env.NODE_ENV = 'production'
    await build({ root: fileURLToPath(new URL('../../console', import.meta.url)), logLevel: 'error' })
  } catch {
    // The gateway says so when the console is opened.
  }
  try {
    const { prepareTemplate } = await import('./prepare-template.ts')
    await prepareTemplate()
  } catch {
    // The first start tells.
  }
}
