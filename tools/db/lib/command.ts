import { Command } from 'commander'
import { EXIT, errorText, ToolError } from './errors.ts'
import { type Finding, inReadingOrder, printFindings } from './finding.ts'
import { openProject, type Project } from './project.ts'

/** What a command needs of the outside; a test gives its own. */
export type CommandContext = {
  readonly environment: Readonly<Record<string, string | undefined>>
  /** The folder the person stands in. */
  readonly folder: string
  readonly print: (text: string) => void
  readonly printError: (text: string) => void
  readonly setExitCode: (code: number) => void
  readonly now: () => Date
  /** Whether a person can be asked. */
  readonly isInteractive: boolean
  /** What `--help` says about every command; the command line knows, a single command does not. */
  readonly allHelp?: () => Promise<readonly CommandHelp[]>
}

/** The help of one command. */
export type CommandHelp = { readonly name: string; readonly summary: string; readonly help: string }

/** What a command answers. */
export type Outcome = {
  /** False gives exit code 1. */
  readonly ok: boolean
  /** For people. */
  readonly text: string
  /** For machines: printed as JSON with --json. */
  readonly data: unknown
}

/** What `run` is given. */
export type CommandInput<Options> = {
  readonly context: CommandContext
  readonly project: Project
  readonly arguments: readonly string[]
  readonly options: Options
}

/** A command as data. */
export type CommandDefinition<Options extends object> = {
  readonly name: string
  /** Of a command's other jobs; the list of commands sums up the first. */
  readonly summary?: string
  /** Printed below the options by --help: what it does and why, examples, what the exit codes mean. */
  readonly teach: string
  /** Adds the command's own arguments and options. */
  readonly configure?: (command: Command) => void
  readonly run: (input: CommandInput<Options>) => Promise<Outcome>
}

/** A command that can be built for a context. */
export type ToolCommand = { readonly build: (context: CommandContext) => Command }

/** What every `*.command.ts` exports. */
export type CommandModule = { readonly command: ToolCommand }

const EXIT_CODES = 'Exit codes: 0 all is well, 1 something was found or failed, 2 the command was used wrongly.'

/**
 * Turns a definition into a command with --json and --project. What it answers or throws is printed, and the exit code set:
 * 0 ok, 1 findings or failure, 2 wrong usage.
 */
export function defineCommand<Options extends object>(definition: CommandDefinition<Options>): ToolCommand {
  return {
    build: (context) => {
      const command = new Command(definition.name)
        .description(definition.summary ?? '')
        .option('--json', 'print one JSON document for machines')
        .option('--project <folder>', 'the folder that holds supabase/', context.folder)
        .addHelpText('after', `\n${definition.teach.trim()}\n\n${EXIT_CODES}`)
        .exitOverride()
        .configureOutput({
          writeOut: (text) => context.print(text.trimEnd()),
          writeErr: (text) => context.printError(text.trimEnd()),
        })
      definition.configure?.(command)
      return command.action(() => runCommand(definition, context, command))
    },
  }
}

/** Adds `--env` and `--url`; resolve them with `resolveTarget`. */
export function withTarget(command: Command): Command {
  return command
    .option('--env <name>', 'the environment of supabase/environments.json to work on')
    .option('--url <connection string>', 'the database to work on, instead of --env')
}

/** The answer of a check: its findings for people and machines; any error makes it fail. */
export function findingsOutcome(
  findings: readonly Finding[],
  options: { readonly checked: string; readonly why?: boolean | undefined; readonly data?: object },
): Outcome {
  const sorted = inReadingOrder(findings)
  const errors = sorted.filter((finding) => finding.severity === 'error').length
  const warnings = sorted.length - errors
  const verdict = sorted.length === 0 ? 'nothing to report' : `${count(errors, 'error')}, ${count(warnings, 'warning')}`
  return {
    ok: errors === 0,
    text: [...printFindings(sorted, options.why ?? false), `${options.checked}: ${verdict}`].join('\n'),
    data: { errors, warnings, findings: sorted, ...options.data },
  }
}

/** `1 error`, `2 errors`. */
export const count = (amount: number, word: string): string => `${amount} ${word}${amount === 1 ? '' : 's'}`

async function runCommand<Options extends object>(
  definition: CommandDefinition<Options>,
  context: CommandContext,
  command: Command,
): Promise<void> {
  const options = command.opts<Options & { json?: boolean; project: string }>()
  const json = options.json === true
  try {
    const project = openProject(options.project)
    const outcome = await definition.run({ context, project, arguments: command.args, options })
    if (json)
      context.print(
        JSON.stringify({ command: definition.name, ok: outcome.ok, ...asObject(outcome.data) }, undefined, 2),
      )
    else if (outcome.text) context.print(outcome.text)
    context.setExitCode(outcome.ok ? EXIT.ok : EXIT.failed)
  } catch (error) {
    report(definition.name, context, error, json)
  }
}

function report(name: string, context: CommandContext, error: unknown, json: boolean): void {
  const known = error instanceof ToolError ? error : undefined
  if (json) {
    const { why, fix } = known ?? {}
    context.print(
      JSON.stringify({ command: name, ok: false, error: { what: errorText(error), why, fix } }, undefined, 2),
    )
  } else if (known) {
    context.printError(
      [known.message, ...(known.why ? [`    why: ${known.why}`] : []), `    fix: ${known.fix}`].join('\n'),
    )
  } else {
    // An error without a remedy was not foreseen, so its stack is the only help there is.
    context.printError(error instanceof Error ? (error.stack ?? error.message) : String(error))
  }
  context.setExitCode(known?.exitCode ?? EXIT.failed)
}

const asObject = (data: unknown): object =>
  data !== null && typeof data === 'object' && !Array.isArray(data) ? data : { result: data }
