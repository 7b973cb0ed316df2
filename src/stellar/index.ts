/** Treasuries: their channel accounts, and for those that wallets sign for what is to be signed, what it says, and handing it in. */
export {
  addChannelAccount,
  CHANNEL_PROBLEMS,
  type ChannelAccount,
  type ChannelOfTreasury,
  type ChannelProblem,
  channelAccounts,
  removeChannelAccount,
} from './channel-accounts.ts'
export {
  readSigningRequest,
  type SigningLine,
  type SigningSummary,
  type SigningTotal,
} from './read-signing-request.ts'
export type { SigningOperation, SigningRequest, SigningSigner } from './signing-request.ts'
export { type SigningRequestFilter, signingRequests, submitSignature } from './signing-requests.ts'
export { type SigningUriOptions, signingUri } from './signing-uri.ts'
export {
  CUSTODIES,
  type Custody,
  setTreasuryCustody,
  type Treasury,
  type TreasuryCustody,
  type TreasurySigner,
  treasuries,
} from './treasuries.ts'
