import { mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { withConnection } from '../lib/sql.ts'
import { startCluster } from '../stack/cluster.ts'
import { renderErrorCodes } from './error-codes.ts'
import { renderErrorTemplates } from './error-templates.ts'
import { renderErrors } from './errors.ts'
import { renderMigrationNames } from './migration-names.ts'
import { readRelations } from './row-catalogue.ts'
import { renderRows } from './rows.ts'
import { renderSchema } from './schema.ts'
import { renderApi } from './sdk-api.ts'
import { renderResourcePages } from './sdk-pages.ts'
import { readSourceSchema } from './source-schema.ts'
import { renderTypes } from './types.ts'
import { renderEventSchemas, renderWebhooks } from './webhooks.ts'

const HELP = `npm run docs [-- --check]

Writes the generated files from the migrated database:
  docs/schema.md          tables, columns, rights, diagram, comparison with the schema document
  docs/errors.md          every error code
  docs/sdk/               a page for each group of calls, and every export with its type
  docs/webhooks.md        its part that lists the types of events
  docs/webhook-events.json  every type of event with an example and its JSON Schema
  src/database.types.ts   types of the whole schema, for the SDK itself and for apps that query by hand
  src/rows.ts             what a signed-in person reads, one interface for each relation
  src/core/database-error-codes.ts
  console/src/messages/error-templates.ts  sentences with values, from which another language takes them
  src/core/migration-of.ts  which migration brings what, for a database that lacks it

--check writes nothing and exits with 1 if one of them is out of date.`

const ROOT = path.resolve(import.meta.dirname, '../..')

const { values } = parseArgs({ options: { check: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } })

if (values.help) {
  console.log(HELP)
} else {
  const stale = await generate(values.check === true)
  for (const file of stale) console.error(`${file} is out of date. Run \`npm run docs\` and commit the result.`)
  process.exitCode = stale.length === 0 ? 0 : 1
}

/** Writes the generated files, or with `check` only names those that differ from what would be written. */
async function generate(check: boolean): Promise<string[]> {
  const cluster = await startCluster({ migrated: true })
  try {
    const url = await cluster.createDatabase('payd_docs')
    const blank = {
      createDatabase: (name: string) => cluster.createProject(name, { privileges: 'strict' }),
      dropDatabase: cluster.dropDatabase,
    }
    return await withConnection(url, async (sql) => {
      const files: readonly (readonly [string, string])[] = [
        ['docs/schema.md', await renderSchema(sql, await readSourceSchema(blank))],
        ['docs/errors.md', await renderErrors(sql, ROOT)],
        ['docs/sdk/api.md', renderApi(ROOT)],
        ...(await renderResourcePages(ROOT, sql)),
        ['docs/webhooks.md', await renderWebhooks(sql, await readFile(path.join(ROOT, 'docs/webhooks.md'), 'utf8'))],
        ['docs/webhook-events.json', await renderEventSchemas(sql)],
        ['src/database.types.ts', await renderTypes(ROOT, url)],
        ['src/rows.ts', await renderRows(await readRelations(sql))],
        ['src/core/database-error-codes.ts', await renderErrorCodes(sql)],
        ['console/src/messages/error-templates.ts', await renderErrorTemplates(sql)],
        ['src/core/migration-of.ts', await renderMigrationNames(ROOT)],
      ]
      return await writeOrCompare(files, check)
    })
  } finally {
    await cluster.stop()
  }
}

async function writeOrCompare(files: readonly (readonly [string, string])[], check: boolean): Promise<string[]> {
  const stale: string[] = []
  for (const [file, text] of files) {
    const location = path.join(ROOT, file)
    if (!check) {
      await mkdir(path.dirname(location), { recursive: true })
      await writeFile(location, text)
      continue
    }
    const current = await readFile(location, 'utf8').catch(() => '')
    if (current !== text) stale.push(file)
  }
  return stale
}
