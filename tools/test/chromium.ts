import { access, constants } from 'node:fs/promises'

/** Where distributions put it; CHROMIUM names another one. */
const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** The program of a Chromium on this machine, or undefined. */
export async function chromiumProgram(): Promise<string | undefined> {
  const { CHROMIUM } = process.env
  for (const place of CHROMIUM === undefined ? PLACES : [CHROMIUM]) {
    const isThere = await access(place, constants.X_OK).then(
      () => true,
      () => false,
    )
    if (isThere) return place
  }
  return undefined
}
