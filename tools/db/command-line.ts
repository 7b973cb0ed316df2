import { CommanderError } from 'commander'
import { COMMANDS, type CommandEntry, type Mode } from './command-list.ts'
import type { CommandContext, CommandHelp } from './lib/command.ts'
import { EXIT } from './lib/errors.ts'

/** Runs one command line, such as `['check', '--json']`, and sets the exit code. Only the file of the called command is read. */
export async function runCommandLine(args: readonly string[], context: CommandContext): Promise<void> {
  const [name, ...rest] = args
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    const topic = COMMANDS.find((entry) => entry.name === rest[0])
    if (name === 'help' && topic) return runEntry(topic, ['--help'], context)
    context.print(overview())
    context.setExitCode(name === undefined ? EXIT.usage : EXIT.ok)
    return
  }
  const entry = COMMANDS.find((candidate) => candidate.name === name)
  if (entry) return runEntry(entry, rest, context)
  context.printError(`There is no command "${name}".\n    fix: npm run db -- --help lists them all.`)
  context.setExitCode(EXIT.usage)
}

async function runEntry(entry: CommandEntry, args: readonly string[], context: CommandContext): Promise<void> {
  if (args.includes('--help') || args.includes('-h')) {
    context.print(await helpOf(entry, context))
    context.setExitCode(EXIT.ok)
    return
  }
  const mode = entry.modes?.find(({ options }) =>
    args.some((argument) => options.includes(argument.split('=')[0] ?? '')),
  )
  const { command } = await (mode ?? entry).load()
  try {
    const knowing = { ...context, allHelp: () => allHelp(context) }
    await command.build(knowing).parseAsync(argumentsFor(mode, args), { from: 'user' })
  } catch (error) {
    // Commander has already printed what was wrong with the options.
    if (!(error instanceof CommanderError)) throw error
    context.setExitCode(error.exitCode === 0 ? EXIT.ok : EXIT.usage)
  }
}

function argumentsFor(mode: Mode | undefined, args: readonly string[]): string[] {
  const { becomes } = mode ?? {}
  if (becomes === undefined) return [...args]
  return args.flatMap((argument) => (mode?.options.includes(argument) ? becomes : [argument]))
}

// The folder of today's call is no part of a document.
async function allHelp(context: CommandContext): Promise<CommandHelp[]> {
  const found: CommandHelp[] = []
  for (const entry of COMMANDS) {
    found.push({ name: entry.name, summary: entry.summary, help: await helpOf(entry, { ...context, folder: '.' }) })
  }
  return found
}

/** Everything that `--help` prints about a command, with what else it does. */
async function helpOf(entry: CommandEntry, context: CommandContext): Promise<string> {
  const parts: string[] = []
  const printing = { ...context, print: (text: string) => void parts.push(text), setExitCode: () => undefined }
  for (const part of [entry, ...(entry.modes ?? [])]) {
    const { command } = await part.load()
    const built = command.build(printing)
    const isMode = 'options' in part
    built.name(isMode ? `${entry.name} ${part.options.join(' or ')}` : entry.name)
    if (!isMode) built.description(entry.summary)
    await built.parseAsync(['--help'], { from: 'user' }).catch((error: unknown) => {
      if (!(error instanceof CommanderError)) throw error
    })
  }
  return parts.join('\n\n')
}

function overview(): string {
  const groups = [...new Set(COMMANDS.map((entry) => entry.group))]
  const width = Math.max(...COMMANDS.map((entry) => entry.name.length)) + 2
  const lines = groups.flatMap((group) => [
    `\n${group}`,
    ...COMMANDS.filter((entry) => entry.group === group).map(
      (entry) => `  ${entry.name.padEnd(width)}${entry.summary}`,
    ),
  ])
  return `npm run db -- <command> [options]

A migration is a forward file, its rollback, its test and its entry in supabase/migrations.lock.json. A usual day:

  npm run db -- new add_payroll_items_memo --type column     write the pair and its test
  npm run db -- prove add_payroll_items_memo                 show on a real server that the rollback undoes it
  npm run db -- check                                        what review would find, in a second
  npm run db -- push --env staging                           then production, after the soak time and the approvals
${lines.join('\n')}

npm run db -- <command> --help teaches one command. --json prints for machines.
Exit codes: 0 all is well, 1 something was found or failed, 2 the command was used wrongly.`
}
