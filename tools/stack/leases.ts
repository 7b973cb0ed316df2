import { withConnection } from '../lib/sql.ts'

/**
 * Gives back what workers of an earlier run had leased. The lock of the data folder proves that none of them is alive any more,
 * so the next workers need not wait until these leases end by themselves.
 */
export async function releaseLeases(databaseUrl: string): Promise<void> {
  await withConnection(databaseUrl, async (sql) => {
    const [known] = await sql<{ leases: boolean }[]>`
      select to_regclass('private.source_accounts') is not null
        and to_regclass('private.wallet_reads') is not null
        and to_regclass('private.webhook_leases') is not null as leases`
    if (!known?.leases) return
    await sql.begin(async (transaction) => {
      await transaction`
        update private.source_accounts set lease_token = null, leased_until = null, next_check_at = now() where lease_token is not null`
      await transaction`delete from private.wallet_reads`
      await transaction`select private.give_back_webhooks(lease) from private.webhook_leases as lease`
    })
  })
}
