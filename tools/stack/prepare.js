/**
 * Run by npm after `npm install` in a checkout of PayD (never where PayD is a dependency): builds the database that the first
 * `npm start` and `npm test` copy. People expect to wait for an install, and not for a start. Whatever is missing here,
 * such as development dependencies that were left out, an account for PostgreSQL, or a Node.js that reads TypeScript, is
 * no reason to fail: the first start builds what it does not find, and says then what is wrong.
 */
try {
  const { prepareTemplate } = await import('./prepare-template.ts')
  await prepareTemplate()
} catch {
  // The first start tells.
}
