import { startCluster } from '../stack/cluster.ts'
import { runPgtap } from './pgtap.ts'
import type { PartResult } from './run-part.ts'

/** Runs every pgTAP file in a clone of a freshly migrated database. */
export async function runPgtapPart(): Promise<PartResult> {
  const started = performance.now()
  const cluster = await startCluster({ migrated: true })
  const lines: string[] = []
  try {
    const { passed, failed } = await runPgtap({
      cluster,
      templateDatabase: cluster.project,
      onResult: (result) => {
        if (!result.passed) lines.push(`FAILED ${result.file}`, ...result.diagnostics.map((text) => `  ${text}`))
      },
    })
    return { passed, failed, durationMs: performance.now() - started, output: lines.join('\n') }
  } finally {
    await cluster.stop()
  }
}
