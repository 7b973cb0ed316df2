import { ROOT, run } from '../../tools/package/unpacked.ts'

/** Builds what is published once, before the tests that look at it. */
export async function setup(): Promise<void> {
  await run(ROOT, process.execPath, ['tools/package/build.ts'])
}
