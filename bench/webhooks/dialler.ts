import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { denoBinary } from '../../tools/lib/binaries.ts'
import type { BenchSink } from './sink.ts'

/** What the dialler does alone, which is the most that a worker could do. */
export interface MeasuredDialler {
  readonly perSecond: number
  /** Microseconds of processor time for each delivery. */
  readonly micros: number
}

/** So many posts of the dialler, after a fifth as many to warm up. */
export async function measureDialler(sink: BenchSink, deliveries: number): Promise<MeasuredDialler> {
  const script = join(import.meta.dirname, 'dialler-process.ts')
  const permissions = ['--allow-net=127.0.0.1', '--no-lock', '--no-config']
  const { stdout } = await promisify(execFile)(denoBinary(), [
    'run',
    ...permissions,
    script,
    sink.url,
    String(deliveries),
  ])
  await sink.collect(deliveries + deliveries / 5)
  return JSON.parse(stdout) as MeasuredDialler
}
