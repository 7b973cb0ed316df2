import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Keypair } from '@stellar/stellar-sdk/base'
import postgres, { type Sql } from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Stack, startStack } from '../../tools/stack/stack.ts'

const REPOSITORY = join(import.meta.dirname, '../..')
const GUIDE = read('docs/deploy.md')

describe('the guide to a hosted project', () => {
  test('names every setting that the functions read', () => {
    const functions = 'supabase/functions'
    const files = readdirSync(join(REPOSITORY, functions), { recursive: true, encoding: 'utf8' })
    const code = files.filter((file) => file.endsWith('.ts')).map((file) => read(join(functions, file)))
    const settings = new Set(code.join('').match(/(?<=environment\(')[A-Z_]+(?='\))/g))
    expect(settings.size).toBeGreaterThan(4)
    for (const setting of settings) expect(GUIDE).toContain(`| \`${setting}\` |`)
  })

  test('names every secret that the database reads from Vault', () => {
    const secrets = new Set(read('supabase/migrations/20261125000400_doorbells.sql').match(/(?<=secret\.name = ')\w+/g))
    expect(secrets.size).toBeGreaterThan(1)
    for (const secret of secrets) expect(GUIDE).toContain(`'${secret}')`)
  })

  test('names every function of the project', () => {
    const functions = readdirSync(join(REPOSITORY, 'supabase/functions')).filter((name) => !name.startsWith('_'))
    for (const name of functions) expect(GUIDE).toContain(`\`${name}\``)
  })
})

describe('its statements', () => {
  let stack: Stack
  let sql: Sql
  const treasury = Keypair.random().publicKey()

  // What a hosted project has and this machine has not: Vault, pg_net and pg_cron, as far as the statements see them.
  beforeAll(async () => {
    stack = await startStack({ functions: false, sandbox: false, scheduler: false })
    sql = postgres(stack.adminUrl, { max: 1, onnotice: () => undefined })
    await sql.unsafe(`
      create schema vault;
      create table vault.secrets (id uuid primary key default gen_random_uuid(), name text unique, secret text);
      create view vault.decrypted_secrets as select id, name, secret as decrypted_secret from vault.secrets;
      create function vault.create_secret(new_secret text, new_name text) returns uuid language sql
        as $$ insert into vault.secrets (name, secret) values (new_name, new_secret) returning id $$;
      create schema net;
      create table net._http_response (created timestamptz, status_code integer, content text);
      create table net.requests (url text, headers jsonb);
      create function net.http_post(url text, headers jsonb, body jsonb, timeout_milliseconds integer) returns bigint language sql
        as $$ insert into net.requests values (url, headers) returning 1 $$;
      create schema cron;
      create table cron.job (jobname text, schedule text, active boolean);
      grant usage on schema vault, net, cron to postgres;
      grant all on all tables in schema vault, net, cron to postgres;
      insert into public.organizations (name) values ('Acme');
      set role postgres`)
  })

  afterAll(async () => {
    await sql?.end()
    await stack?.stop()
  })

  test('make a silent project one that rings its functions with the key, on its network, for its treasury', async () => {
    await sql`select private.ring('payroll-disburse')`
    expect([...(await sql`select * from net.requests`)]).toEqual([])

    const [organization] = await sql`select id from public.organizations`
    for (const statement of statementsOf(GUIDE)) {
      const filled = statement
        .replaceAll('<ref>', 'abcdefghijklmnopqrst')
        .replaceAll('<organization id>', String(organization?.id))
        .replaceAll('G…', treasury)
        .replaceAll('sb_secret_…', 'sb_secret_of_cron')
      expect(filled).not.toMatch(/[<>…]/)
      await sql.unsafe(filled)
    }

    await sql`select private.ring('payroll-disburse')`
    const [request] = await sql`select url, headers ->> 'apikey' as key from net.requests`
    expect(request).toEqual({
      url: 'https://abcdefghijklmnopqrst.supabase.co/functions/v1/payroll-disburse',
      key: 'sb_secret_of_cron',
    })
    const [settings] = await sql`select network_passphrase, horizon_url from private.settings`
    expect(settings).toEqual({
      network_passphrase: 'Test SDF Network ; September 2015',
      horizon_url: 'https://horizon-testnet.stellar.org',
    })
    const accounts = await sql`select account_id, organization_id from private.source_accounts`
    expect([...accounts]).toEqual([{ account_id: treasury, organization_id: organization?.id }])
  })
})

/** The statements in the SQL blocks of a document. Extensions cannot be had here; what needs them says itself that they are absent. */
function statementsOf(document: string): readonly string[] {
  const blocks = [...document.matchAll(/```sql\n(.*?)```/gs)].map(([, block = '']) => block)
  const statements = blocks.flatMap((block) => block.split(/;\n/)).map((statement) => statement.trim())
  return statements.filter((statement) => statement !== '' && !statement.startsWith('create extension'))
}

function read(path: string): string {
  return readFileSync(join(REPOSITORY, path), 'utf8')
}
