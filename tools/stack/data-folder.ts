import { chmod, mkdir, mkdtemp, readdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const MARKER = 'README.txt'
const MARKER_TEXT = `This folder belongs to the local PayD stack (npm start): its database, ledger, keys and logs.
Stop the stack and delete the folder, or run "npm start -- --fresh", to forget all of it.
`

/** Others may pass through but not look: when this process is root, PostgreSQL runs as another user. */
const ENTERABLE = 0o711

/**
 * Prepares the folder a stack keeps its data in; without a wish, a new temporary one. Throws when the folder holds
 * things that are not ours, because a fresh start would delete them.
 */
export async function openDataFolder(wished: string | undefined): Promise<string> {
  if (wished === undefined) {
    const folder = await mkdtemp(join(tmpdir(), 'payd-stack-'))
    await chmod(folder, ENTERABLE)
    return folder
  }
  await mkdir(wished, { recursive: true, mode: ENTERABLE })
  const names = await readdir(wished)
  if (names.length === 0) await writeFile(join(wished, MARKER), MARKER_TEXT)
  else if (!names.includes(MARKER)) {
    throw new Error(
      `The folder ${wished} holds other things than the data of a PayD stack. Give a new or an empty folder.`,
    )
  }
  return wished
}
