import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writePrivately } from './files.ts'
import { generateStellarKeys, type StellarKeys } from './strkey.ts'

/** The secrets of one data folder. They stay the same for its whole life. */
export type StackKeys = {
  /** For apps: role anon, or the signed-in person. */
  readonly publishable: string
  /** For servers: role service_role. */
  readonly secret: string
  /** The named secret key "cron": role service_role, and what the workers accept as a doorbell. */
  readonly cron: string
  /** Signs the access tokens (HS256). */
  readonly jwtSecret: string
  readonly superuserPassword: string
  /** The development treasury. Its secret key reaches the edge functions only. */
  readonly treasury: StellarKeys
}

/** The keys of a data folder, generated and stored there (readable by the owner only) on first use. */
export async function loadKeys(dataFolder: string): Promise<StackKeys> {
  const file = join(dataFolder, 'keys.json')
  const stored = await readFile(file, 'utf8').catch(() => undefined)
  if (stored !== undefined) return JSON.parse(stored) as StackKeys
  const keys = generateKeys()
  await writePrivately(file, `${JSON.stringify(keys, null, 2)}\n`)
  return keys
}

function generateKeys(): StackKeys {
  const random = (bytes: number): string => randomBytes(bytes).toString('base64url')
  return {
    publishable: `sb_publishable_${random(24)}`,
    secret: `sb_secret_${random(24)}`,
    cron: `sb_secret_${random(24)}`,
    jwtSecret: random(36),
    superuserPassword: random(18),
    treasury: generateStellarKeys(),
  }
}
