/** White space, control characters, and the code points that Unicode calls Default_Ignorable (DI). */
const UNSEEN = /[\s\p{Cc}\p{DI}\u2800]+/gu

/**
 * Whether a Stellar secret key (S…) stands anywhere in the text. Blanks and invisible characters inside are passed over, small
 * letters count as capitals. The cost is linear in the text. The database has the same rule in `private.holds_secret_key`.
 *
 * @example
 * if (holdsSecretKey(input)) throw new Error('Never share a secret key.')
 */
export function holdsSecretKey(text: string): boolean {
  // The version of a secret key makes its text begin with S, and then one of A to D. Keys may overlap, so nothing is consumed.
  for (const [, key = ''] of text.replace(UNSEEN, '').matchAll(/(?=(S[A-D][A-Z2-7]{54}))/gi)) {
    if (hasChecksum(key)) return true
  }
  return false
}

/** Whether the last 16 bits of the key are the CRC16-XModem (polynomial 0x1021) of those before. Over all of them it is then zero. */
function hasChecksum(key: string): boolean {
  // Base32 counts A to Z from 0 and goes on with 2 to 7; base 36 counts 2 to 7 from 2 and A to Z from 10.
  const values = Array.from(key, (character) => (Number.parseInt(character, 36) + 24) % 34)
  const bits = values.map((value) => (value + 32).toString(2).slice(1)).join('')
  let crc = 0
  // A key has the low byte of its checksum first.
  for (const bit of bits.slice(0, 264) + bits.slice(272) + bits.slice(264, 272)) {
    crc = ((crc << 1) & 0xffff) ^ (crc >> 15 === Number(bit) ? 0 : 0x1021)
  }
  return crc === 0
}
