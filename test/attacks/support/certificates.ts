import 'reflect-metadata'
import {
  BasicConstraintsExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509'

/** A key and its certificate in PEM. */
export type Certificate = { readonly key: string; readonly certificate: string }

/** A certificate authority of a test, and what it signs. */
export type Authority = {
  /** PEM of the authority's own certificate: what a client has to trust. */
  readonly root: string
  /** A server certificate for these names (host names or addresses). */
  issue(options: { readonly names: readonly string[]; readonly isExpired?: boolean }): Promise<Certificate>
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const DAY_MS = 86_400_000

/** A new certificate authority that no other test trusts. */
export async function createAuthority(name: string): Promise<Authority> {
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])
  const issuer = `CN=${name}`
  const root = await X509CertificateGenerator.createSelfSigned(
    {
      name: issuer,
      keys,
      signingAlgorithm: ALGORITHM,
      notBefore: new Date(Date.now() - 30 * DAY_MS),
      notAfter: new Date(Date.now() + 30 * DAY_MS),
      extensions: [
        new BasicConstraintsExtension(true, 1, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      ],
    },
    crypto,
  )
  return {
    root: root.toString('pem'),
    async issue({ names, isExpired = false }) {
      const own = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])
      const certificate = await X509CertificateGenerator.create(
        {
          issuer,
          subject: `CN=${names[0] ?? 'nobody'}`,
          signingKey: keys.privateKey,
          publicKey: own.publicKey,
          signingAlgorithm: ALGORITHM,
          notBefore: new Date(Date.now() - 20 * DAY_MS),
          notAfter: new Date(Date.now() + (isExpired ? -1 : 20) * DAY_MS),
          extensions: [
            new SubjectAlternativeNameExtension(
              names.map((value) => ({ type: /^[\d.]+$|:/.test(value) ? ('ip' as const) : ('dns' as const), value })),
            ),
          ],
        },
        crypto,
      )
      return {
        key: pemOf(await crypto.subtle.exportKey('pkcs8', own.privateKey)),
        certificate: certificate.toString('pem'),
      }
    },
  }
}

function pemOf(bytes: ArrayBuffer): string {
  const lines =
    Buffer.from(bytes)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  return ['-----BEGIN PRIVATE KEY-----', ...lines, '-----END PRIVATE KEY-----', ''].join('\n')
}
