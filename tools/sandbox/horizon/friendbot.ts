import { problemOfStatus } from '../http/problem.ts'
import { hal, type Reply } from '../http/reply.ts'
import type { Services } from '../services.ts'
import { requireAccountId } from './accounts.ts'
import { transactionJson } from './transactions.ts'

/** GET or POST /friendbot?addr=G…: 10,000 XLM in the next ledger; 400 for an account that exists. */
export async function friendbot({ node, options }: Services, base: string, address: string): Promise<Reply> {
  const record = await node.fund(requireAccountId(address, 'addr'))
  if (!record) throw problemOfStatus(400, 'account already funded to starting balance')
  return hal(transactionJson(record, { base, keepsMeta: options.keepsMeta }, record.envelope.hash))
}
