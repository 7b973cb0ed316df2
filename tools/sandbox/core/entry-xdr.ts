import { xdr } from '@stellar/stellar-sdk/base'
import { publicKeyWire } from './addresses.ts'
import { assetWire } from './assets.ts'
import { predicateWire } from './predicates.ts'
import type { AccountEntry, AccountId, BalanceEntry, Entry, OfferEntry, TrustlineEntry } from './types.ts'

/** Base64 of an entry's LedgerEntryData, and of its extension, as getLedgerEntries returns them. */
export function encodeEntry(entry: Entry): { readonly xdr: string; readonly extXdr: string } {
  return {
    xdr: base64(xdr.LedgerEntryData.schema.encode(entryData(entry))),
    extXdr: base64(xdr.LedgerEntryExt.schema.encode(extensionOf(entry))),
  }
}

/** The XDR form of an entry as of the ledger that changed it last. */
export function entryWire(entry: Entry, ledger = entry.modified): xdr.LedgerEntryWire {
  return { lastModifiedLedgerSeq: ledger, data: entryData(entry), ext: extensionOf(entry) }
}

/** The XDR form of the key of an entry. */
export function entryKeyWire(entry: Entry): xdr.LedgerKeyWire {
  switch (entry.kind) {
    case 'account':
      return { type: 0, account: { accountId: publicKeyWire(entry.id) } }
    case 'trustline':
      return { type: 1, trustLine: { accountId: publicKeyWire(entry.account), asset: assetWire(entry.asset) } }
    case 'offer':
      return { type: 2, offer: { sellerId: publicKeyWire(entry.seller), offerId: entry.id } }
    case 'data':
      return { type: 3, data: { accountId: publicKeyWire(entry.account), dataName: new xdr.XdrString(entry.name) } }
    case 'balance':
      return { type: 4, claimableBalance: { balanceId: balanceIdWire(entry) } }
    case 'contract':
      return { type: 6, contractData: { contract: contractAddress(entry.id), key: INSTANCE_KEY, durability: 1 } }
    case 'code':
      return { type: 7, contractCode: { hash: Buffer.from(entry.hash, 'hex') } }
    case 'counter':
      throw new Error('The number of the newest offer stands in the header and has no key.')
  }
}

// The key under which every contract keeps its instance.
const INSTANCE_KEY: xdr.ScValWire = { type: 20 }

/** The XDR form of a contract's address. */
export function contractAddress(id: string): xdr.ScAddressWire {
  return { type: 1, contractId: Buffer.from(id, 'hex') }
}

function extensionOf(entry: Entry): xdr.LedgerEntryExtWire {
  const sponsor = 'sponsor' in entry ? entry.sponsor : null
  if (sponsor === null) return { v: 0 }
  return { v: 1, v1: { sponsoringId: publicKeyWire(sponsor), ext: { v: 0 } } }
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
    case 'offer':
      return { type: 2, offer: offerWire(entry) }
    case 'contract': {
      const executable =
        entry.wasmHash === null
          ? { type: 1 as const }
          : { type: 0 as const, wasmHash: Buffer.from(entry.wasmHash, 'hex') }
      const val: xdr.ScValWire = { type: 19, instance: { executable, storage: null } }
      const contract = contractAddress(entry.id)
      return { type: 6, contractData: { ext: { v: 0 }, contract, key: INSTANCE_KEY, durability: 1, val } }
    }
    case 'code': {
      const { hash, code } = entry
      const contractCode = { ext: { v: 0 as const }, hash: Buffer.from(hash, 'hex'), code: Buffer.from(code, 'base64') }
      return { type: 7, contractCode }
    }
    case 'counter':
      throw new Error('The number of the newest offer stands in the header and is no entry.')
  }
}

/** The XDR form of an offer. */
export function offerWire(offer: OfferEntry): xdr.OfferEntryWire {
  return {
    sellerId: publicKeyWire(offer.seller),
    offerId: offer.id,
    selling: assetWire(offer.selling),
    buying: assetWire(offer.buying),
    amount: offer.amount,
    price: offer.price,
    flags: offer.passive ? 1 : 0,
    ext: { v: 0 },
  }
}

function sponsorWire(sponsor: AccountId | null): xdr.PublicKeyWire | null {
  return sponsor === null ? null : publicKeyWire(sponsor)
}

function balanceIdWire({ id }: BalanceEntry): xdr.ClaimableBalanceIdWire {
  return { type: 0, v0: Buffer.from(id.slice(8), 'hex') }
}

function accountWire(account: AccountEntry): xdr.AccountEntryWire {
  const { thresholds } = account
  const v3 = { ext: { v: 0 as const }, seqLedger: account.seqLedger, seqTime: account.seqTime }
  const v2 = {
    numSponsored: account.numSponsored,
    numSponsoring: account.numSponsoring,
    signerSponsoringIDs: account.signers.map(({ sponsor }) => sponsorWire(sponsor)),
    ext: account.seqLedger > 0 ? { v: 3 as const, v3 } : { v: 0 as const },
  }
  const v1 = { liabilities: { buying: account.buying, selling: account.selling }, ext: { v: 2 as const, v2 } }
  // Core writes the extension only once something needs it.
  const plain =
    account.seqLedger === 0 &&
    account.numSponsoring === 0 &&
    account.numSponsored === 0 &&
    account.buying === 0n &&
    account.selling === 0n
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
    balanceId: balanceIdWire(balance),
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
