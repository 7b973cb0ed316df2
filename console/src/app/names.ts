import { useQueries } from '@tanstack/react-query'
import { type EmployeeId, parsePayrollRunId } from 'payd'
import { paydKey } from 'payd/query'
import { useFormat } from '../format/use-format.ts'
import { type Names, numbersIn } from '../messages/by-name.ts'
import { nameOfRun } from '../pages/run/run-name.ts'
import { useDesk } from './desk.tsx'

const AT_ONCE = 100
const LONG_MS = 300_000

/** The names of people by their number; also of those who were removed. */
export function useNamesOfPeople(ids: readonly number[]): ReadonlyMap<number, string> {
  const { queries } = useDesk()
  return useQueries({
    queries: inParts(ids).map((part) => ({
      ...queries.employees.list({ id: part as EmployeeId[] }, AT_ONCE),
      staleTime: LONG_MS,
    })),
    combine: namesIn,
  })
}

type Read = readonly {
  readonly data?: { readonly items: readonly { id: number; first_name: string; last_name: string }[] } | undefined
}[]

const namesIn = (parts: Read): ReadonlyMap<number, string> =>
  new Map(parts.flatMap(({ data }) => (data?.items ?? []).map((one) => [one.id, `${one.first_name} ${one.last_name}`])))

/** The names of what sentences of the database name by number: people, and runs also by their technical name. */
export function useNamesIn(sentences: readonly string[], runs: readonly string[] = []): Names {
  const { payd } = useDesk()
  const format = useFormat()
  const named = numbersIn(sentences)
  const people = useNamesOfPeople(named.people)
  const read = useQueries({
    queries: inParts([...runs.map(Number), ...named.runs]).map((part) => ({
      queryKey: paydKey(payd, 'payrollRuns', 'names', part),
      queryFn: ({ signal }: { readonly signal: AbortSignal }) =>
        payd.payrollRuns.summaries({ id: part.map(parsePayrollRunId) }, { signal, limit: AT_ONCE }),
      staleTime: LONG_MS,
    })),
  })
  const summaries = read.flatMap(({ data }) => data?.items ?? [])
  return {
    people,
    runs: new Map(
      summaries.flatMap((run) => [
        [String(run.payroll_run_id), nameOfRun(run, format)],
        [run.batch_id, nameOfRun(run, format)],
      ]),
    ),
  }
}

/** Each number once, in parts of which all but the last stay the same while a list grows. */
function inParts(numbers: readonly number[]): number[][] {
  const once = [...new Set(numbers)].filter((number) => Number.isSafeInteger(number) && number > 0)
  return Array.from({ length: Math.ceil(once.length / AT_ONCE) }, (_, at) =>
    once.slice(at * AT_ONCE, (at + 1) * AT_ONCE),
  )
}
