import { existsSync } from 'node:fs'
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Migration } from '../lib/migrations.ts'
import type { Project } from '../lib/project.ts'

/**
 * Runs `work` with a folder that holds exactly these migrations, as they were read, and the project's settings. So what
 * the gates looked at is what the CLI pushes, even when somebody saves a file meanwhile, and a push may end at a version.
 */
export async function withStagedFolder<Result>(
  project: Project,
  migrations: readonly Migration[],
  work: (folder: string) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'payd-push-'))
  try {
    const target = join(folder, 'supabase', 'migrations')
    await mkdir(target, { recursive: true })
    for (const { id, up } of migrations) await writeFile(join(target, `${id}.sql`), up.text)
    const settings = join(project.root, 'supabase', 'config.toml')
    if (existsSync(settings)) await copyFile(settings, join(folder, 'supabase', 'config.toml'))
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
