import { generateKeyPairSync } from 'node:crypto'

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
const PUBLIC_KEY_VERSION = 6 << 3
const SECRET_SEED_VERSION = 18 << 3

/** A Stellar key pair: the account's address (G…) and its secret key (S…). */
export type StellarKeys = { readonly publicKey: string; readonly secretKey: string }

/** A new random Stellar key pair. Written here because loading the Stellar SDK would slow down every start. */
export function generateStellarKeys(): StellarKeys {
  const { x, d } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' })
  if (x === undefined || d === undefined) throw new Error('This Node.js cannot export ed25519 keys.')
  return {
    publicKey: encodeStrKey(PUBLIC_KEY_VERSION, Buffer.from(x, 'base64url')),
    secretKey: encodeStrKey(SECRET_SEED_VERSION, Buffer.from(d, 'base64url')),
  }
}

/** The text form of a key (SEP-23): version byte, 32 bytes, CRC16 in little endian, all in base32. */
function encodeStrKey(version: number, key: Buffer): string {
  const data = Buffer.concat([Buffer.from([version]), key])
  const checksum = Buffer.alloc(2)
  checksum.writeUInt16LE(crc16(data))
  return base32(Buffer.concat([data, checksum]))
}

function crc16(data: Buffer): number {
  let crc = 0
  for (const byte of data) {
    crc ^= byte << 8
    for (let bit = 0; bit < 8; bit += 1) crc = (crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1) & 0xffff
  }
  return crc
}

// 35 bytes are exactly 56 characters, so no padding is needed.
function base32(data: Buffer): string {
  const bits = [...data].map((byte) => byte.toString(2).padStart(8, '0')).join('')
  return (bits.match(/.{5}/g) ?? []).map((five) => ALPHABET[Number.parseInt(five, 2)]).join('')
}
