import type { xdr } from '@stellar/stellar-sdk/base'
import { accountMerge } from './account-merge.ts'
import { bumpSequence } from './bump-sequence.ts'
import { changeTrust } from './change-trust.ts'
import { claimClaimableBalance } from './claim-claimable-balance.ts'
import { clawback, clawbackClaimableBalance } from './clawback.ts'
import { createAccount } from './create-account.ts'
import { createClaimableBalance } from './create-claimable-balance.ts'
import { invokeHostFunction } from './invoke-host-function.ts'
import { manageData } from './manage-data.ts'
import { createPassiveSellOffer, manageBuyOffer, manageSellOffer } from './offers.ts'
import { pathPaymentStrictReceive, pathPaymentStrictSend } from './path-payment.ts'
import { payment } from './payment.ts'
import type { OperationRule } from './rule.ts'
import { setOptions } from './set-options.ts'
import { allowTrust, setTrustLineFlags } from './set-trust-line-flags.ts'
import { beginSponsoring, endSponsoring, revokeSponsorship } from './sponsorship.ts'

const RULES = new Map<number, OperationRule>([
  [0, createAccount],
  [1, payment],
  [2, pathPaymentStrictReceive],
  [3, manageSellOffer],
  [4, createPassiveSellOffer],
  [5, setOptions],
  [6, changeTrust],
  [7, allowTrust],
  [8, accountMerge],
  [10, manageData],
  [11, bumpSequence],
  [12, manageBuyOffer],
  [13, pathPaymentStrictSend],
  [14, createClaimableBalance],
  [15, claimClaimableBalance],
  [16, beginSponsoring],
  [17, endSponsoring],
  [18, revokeSponsorship],
  [19, clawback],
  [20, clawbackClaimableBalance],
  [21, setTrustLineFlags],
  [24, invokeHostFunction],
])

/** The rule of an operation type, or undefined when the sandbox answers op_not_supported. */
export function ruleOf(type: xdr.OperationBodyWire['type']): OperationRule | undefined {
  return RULES.get(type)
}
