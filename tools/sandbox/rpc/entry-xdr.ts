import { xdr } from '@stellar/stellar-sdk/base'
import { publicKeyWire } from '../core/addresses.ts'
import { assetWire } from '../core/assets.ts'
import { predicateWire } from '../core/predicates.ts'
import type { AccountEntry, BalanceEntry, Entry, TrustlineEntry } from '../core/types.ts'

/** Base64 of an entry's LedgerEntryData, and of its extension, as getLedgerEntries returns them. */
export function encodeEntry(entry: Entry): { readonly xdr: string; readonly extXdr: string } {
  return { xdr: base64(xdr.LedgerEntryData.schema.encode(entryData(entry))), extXdr: extensionXdr(entry) }
}

function extensionXdr(entry: Entry): string {
  if (entry.kind !== 'balance') return base64(xdr.LedgerEntryExt.schema.encode({ v: 0 }))
  const sponsored = { sponsoringId: publicKeyWire(entry.sponsor), ext: { v: 0 as const } }
  return base64(xdr.LedgerEntryExt.schema.encode({ v: 1, v1: sponsored }))
}

function entryData(entry: Entry): xdr.LedgerEntryDataWire {
  switch (entry.kind) {
    case 'account':
      return { type: 0, account: accountWire(entry) }
    case 'trustline':
      return { type: 1, trustLine: trustlineWire(entry) }
    case 'data':
      return {
        type: 3,
        data: {
          accountId: publicKeyWire(entry.account),
          dataName: new xdr.XdrString(entry.name),
          dataValue: Buffer.from(entry.value, 'base64'),
          ext: { v: 0 },
        },
      }
    case 'balance':
      return { type: 4, claimableBalance: balanceWire(entry) }
  }
}

function accountWire(account: AccountEntry): xdr.AccountEntryWire {
  const { thresholds } = account
  const v3 = { ext: { v: 0 as const }, seqLedger: account.seqLedger, seqTime: account.seqTime }
  const v2 = {
    numSponsored: account.numSponsored,
    numSponsoring: account.numSponsoring,
    signerSponsoringIDs: account.signers.map(() => null),
    ext: account.seqLedger > 0 ? { v: 3 as const, v3 } : { v: 0 as const },
  }
  const v1 = { liabilities: { buying: account.buying, selling: account.selling }, ext: { v: 2 as const, v2 } }
  // Core writes the extension only once something needs it.
  const plain =
    account.seqLedger === 0 && account.numSponsoring === 0 && account.buying === 0n && account.selling === 0n
  return {
    accountId: publicKeyWire(account.id),
    balance: account.balance,
    seqNum: account.seq,
    numSubEntries: account.subentries,
    inflationDest: account.inflationDest === null ? null : publicKeyWire(account.inflationDest),
    flags: account.flags,
    homeDomain: new xdr.XdrString(account.homeDomain),
    thresholds: Uint8Array.of(thresholds.master, thresholds.low, thresholds.medium, thresholds.high),
    signers: account.signers.map(({ key, weight }) => ({ key: publicKeyWire(key), weight })),
    ext: plain ? { v: 0 } : { v: 1, v1 },
  }
}

function trustlineWire(line: TrustlineEntry): xdr.TrustLineEntryWire {
  const liabilities = { buying: line.buying, selling: line.selling }
  const plain = line.buying === 0n && line.selling === 0n
  return {
    accountId: publicKeyWire(line.account),
    asset: assetWire(line.asset),
    balance: line.balance,
    limit: line.limit,
    flags: line.flags,
    ext: plain ? { v: 0 } : { v: 1, v1: { liabilities, ext: { v: 0 } } },
  }
}

function balanceWire(balance: BalanceEntry): xdr.ClaimableBalanceEntryWire {
  return {
    balanceId: { type: 0, v0: Buffer.from(balance.id.slice(8), 'hex') },
    claimants: balance.claimants.map(({ destination, predicate }) => ({
      type: 0,
      v0: { destination: publicKeyWire(destination), predicate: predicateWire(predicate) },
    })),
    asset: assetWire(balance.asset),
    amount: balance.amount,
    ext: balance.clawbackEnabled ? { v: 1, v1: { ext: { v: 0 }, flags: 1 } } : { v: 0 },
  }
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64')
}
