const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
const KEY_LENGTH = 56
/** Characters of a key before the one that it shares with its checksum. */
const WHOLE = 52

/** White space, control characters, and the code points that Unicode calls Default_Ignorable. */
const UNSEEN = /[\s\p{Cc}\p{Default_Ignorable_Code_Point}\u2800]+/gu

/**
 * Whether a Stellar secret key (S…) stands anywhere in the text. Blanks and invisible characters inside are passed over, small
 * letters count as capitals. The cost is linear in the text. The database has the same rule in `private.holds_secret_key`.
 *
 * @example
 * if (holdsSecretKey(input)) throw new Error('Never share a secret key.')
 */
export function holdsSecretKey(text: string): boolean {
  if (text.length < KEY_LENGTH) return false
  return (text.replace(UNSEEN, '').match(/[A-Za-z2-7]{56,}/g) ?? []).some((run) => runHoldsSecretKey(run.toUpperCase()))
}

function runHoldsSecretKey(run: string): boolean {
  const values = Array.from(run, (character) => ALPHABET.indexOf(character))
  // The checksum of the last 52 characters: each step adds a character and takes the one out that leaves.
  let crc = 0
  for (let last = 0; last + KEY_LENGTH - WHOLE < values.length; last += 1) {
    crc = withCharacter(crc, at(values, last))
    if (last >= WHOLE) crc ^= at(LEAVERS, at(values, last - WHOLE))
    const first = last - WHOLE + 1
    if (first >= 0 && isKey(values, first, crc)) return true
  }
  return false
}

/** Whether the key that begins at `first` has the version of a secret key and its checksum; `crc` is that of its 52 whole characters. */
function isKey(values: readonly number[], first: number, crc: number): boolean {
  // S, then one of A to D.
  if (values[first] !== 18 || at(values, first + 1) > 3) return false
  const shared = at(values, first + WHOLE)
  const computed = ((crc << 4) & 0xffff) ^ at(REMAINDERS, (crc >> 12) ^ (shared >> 1))
  const stored =
    ((shared & 1) << 15) |
    (at(values, first + WHOLE + 1) << 10) |
    (at(values, first + WHOLE + 2) << 5) |
    at(values, first + WHOLE + 3)
  // The checksum is stored with its low byte first.
  return stored === (((computed & 0xff) << 8) | (computed >> 8))
}

/** CRC16-XModem (polynomial 0x1021) after five more bits. */
function withCharacter(crc: number, value: number): number {
  return ((crc << 5) & 0xffff) ^ at(REMAINDERS, (crc >> 11) ^ value)
}

function at(values: readonly number[], index: number): number {
  return values[index] as number
}

/** The CRC16-XModem remainders of the values of one base32 character. */
const REMAINDERS: readonly number[] = [
  0, 4129, 8258, 12387, 16516, 20645, 24774, 28903, 33032, 37161, 41290, 45419, 49548, 53677, 57806, 61935, 4657, 528,
  12915, 8786, 21173, 17044, 29431, 25302, 37689, 33560, 45947, 41818, 54205, 50076, 62463, 58334,
]

/** What a character still adds to the checksum when 52 others follow it. */
const LEAVERS: readonly number[] = [
  0, 23752, 47504, 58712, 25345, 16329, 55953, 34393, 50690, 39626, 32658, 9050, 42243, 63947, 7315, 16475, 39973,
  49389, 9653, 31101, 65316, 41964, 18100, 6780, 23079, 1775, 58295, 49023, 14630, 26094, 32950, 56446,
]
