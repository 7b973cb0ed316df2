import { execFileSync } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { cpus, totalmem } from 'node:os'
import path from 'node:path'
import type { BenchmarkResult } from './measure.ts'

type NamedResult = BenchmarkResult & { readonly name: string }

interface StoredResult extends NamedResult {
  readonly machine: string
  readonly commit: string
}

const FOLDER = import.meta.dirname

/** Merges the results into bench/results.json and renders docs/benchmarks.md from it. */
export async function writeBenchmarks(results: readonly NamedResult[]): Promise<void> {
  const file = path.join(FOLDER, 'results.json')
  const stored = JSON.parse(await readFile(file, 'utf8').catch(() => '[]')) as StoredResult[]
  const measured = results.map((result) => ({ ...result, machine: describeMachine(), commit: currentCommit() }))
  const merged = [...stored.filter((old) => !measured.some((fresh) => fresh.name === old.name)), ...measured].sort(
    (a, b) => (a.name < b.name ? -1 : 1),
  )
  await writeFile(file, `${JSON.stringify(merged, null, 2)}\n`)
  await writeFile(path.join(FOLDER, '../docs/benchmarks.md'), render(merged))
}

function render(results: readonly StoredResult[]): string {
  return `# Benchmarks

<!-- Written by \`npm run bench\`. -->

Both sides of a ratio run in turn in one run on one machine; the numbers are minimum, **median** and maximum over the rounds.

${results.map(renderResult).join('\n')}`
}

function renderResult(result: StoredResult): string {
  const rows = result.rows.map(
    (row) =>
      `| ${row.what}${row.detail === undefined ? '' : ` (${row.detail})`} | ${number(row.min)} | **${number(row.median)}** | ${number(row.max)} | ${row.unit} | ${row.aim ?? ''} |`,
  )
  return `## ${result.title}

${result.method} \`npm run bench -- ${result.name}\` at ${result.commit} on ${result.machine}.

| | min | median | max | | aim |
|---|---|---|---|---|---|
${rows.join('\n')}
${result.remarks === undefined ? '' : `\n${result.remarks}\n`}`
}

function number(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2)
}

function describeMachine(): string {
  return `${cpus().length} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GiB, Node.js ${process.versions.node}`
}

function currentCommit(): string {
  return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: FOLDER, encoding: 'utf8' }).trim()
}
