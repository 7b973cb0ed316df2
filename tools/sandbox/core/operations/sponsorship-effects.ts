import type { EffectName } from '../effects.ts'
import type { AccountId, Entry } from '../types.ts'
import type { OperationContext } from './rule.ts'

/** What can be sponsored. */
export type Sponsorable =
  | Extract<Entry, { readonly sponsor: unknown }>
  | { readonly kind: 'signer'; readonly account: AccountId; readonly key: AccountId }

/** Reports who pays the reserve of something from now on; nothing when it had no sponsor and has none. Offers have no such effect. */
export function sponsorshipEffect(
  { emit, source }: Pick<OperationContext, 'emit' | 'source'>,
  what: Sponsorable,
  before: AccountId | null,
  after: AccountId | null,
): void {
  if (before === after || what.kind === 'offer') return
  const change = before === null ? 'created' : after === null ? 'removed' : 'updated'
  const payers =
    before === null
      ? { sponsor: after }
      : after === null
        ? { former_sponsor: before }
        : { former_sponsor: before, new_sponsor: after }
  const { name, account, details } = describe(what, source.id)
  emit(account, `${name}_sponsorship_${change}` satisfies EffectName, { ...details, ...payers })
}

type Description = {
  readonly name: 'account' | 'trustline' | 'data' | 'claimable_balance' | 'signer'
  readonly account: AccountId
  readonly details: Record<string, unknown>
}

function describe(what: Exclude<Sponsorable, { kind: 'offer' }>, actor: AccountId): Description {
  switch (what.kind) {
    case 'account':
      return { name: 'account', account: what.id, details: {} }
    case 'trustline':
      return {
        name: 'trustline',
        account: what.account,
        details: {
          asset: what.asset,
          asset_type: what.asset.indexOf(':') <= 4 ? 'credit_alphanum4' : 'credit_alphanum12',
        },
      }
    case 'data':
      return { name: 'data', account: what.account, details: { data_name: what.name } }
    case 'balance':
      // A claimable balance has no owner, so the effect belongs to the account that acts.
      return { name: 'claimable_balance', account: actor, details: { balance_id: what.id } }
    case 'signer':
      return { name: 'signer', account: what.account, details: { signer: what.key } }
  }
}
