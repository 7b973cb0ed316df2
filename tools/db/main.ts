import { runCommandLine } from './command-line.ts'

await runCommandLine(process.argv.slice(2), {
  environment: process.env,
  folder: process.cwd(),
  print: (text) => console.log(text),
  printError: (text) => console.error(text),
  setExitCode: (code) => {
    process.exitCode = code
  },
  now: () => new Date(),
  isInteractive: process.stdin.isTTY === true && process.stdout.isTTY === true,
})
