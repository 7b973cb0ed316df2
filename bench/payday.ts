import { parseAmount } from '../supabase/functions/_shared/contract/amount.ts'
import { judge } from '../test/support/payday/judge.ts'
import { pay, preparePayday, readHistories } from '../test/support/payday/payday.ts'
import { plantedProject } from '../test/support/planted-company.ts'
import type { Benchmark, ResultRow } from './measure.ts'

const SIZE = { inXlm: 7_000, inUsd: 2_000, settingAside: 1_000, oddEvery: 100 }
const DEATHS = 10

/** A payday of ten thousand people while things go wrong, judged on the ledger. */
export const payday: Benchmark = async (tell) => {
  const project = await plantedProject({ hasRpc: true })
  try {
    const day = await preparePayday(project, SIZE)
    tell('prepared')
    await pay(day, { deaths: DEATHS })
    tell('paid')
    await readHistories(day)
    const total = { people: 0, paid: 0, setAside: 0, explained: 0, transactions: 0, inVain: 0 }
    const wrong = { twice: 0, forgotten: 0, unexplained: 0, stroops: 0n, differences: 0 }
    for (const company of day.companies) {
      const { expected, found, transactions, inVain } = await judge(day, company)
      const onLedger = [...found.paid, ...found.setAside]
      const due = [...expected.paid, ...expected.setAside]
      total.people += company.payees.length
      total.paid += found.paid.length
      total.setAside += found.setAside.length
      total.explained += found.items.filter((line) => line.includes(' failed ')).length
      total.transactions += transactions
      total.inVain += inVain
      wrong.twice += without(onLedger, due).length
      wrong.forgotten += without(due, onLedger).length
      wrong.unexplained += without(found.items, expected.items).length
      wrong.stroops += distance(found.spent, expected.spent) + distance(found.fees, expected.fees)
      wrong.differences += found.differences
    }
    return {
      title: 'A payday of ten thousand people on a bad day',
      method: `Three companies pay ${SIZE.inXlm.toLocaleString('en')} people in XLM, ${SIZE.inUsd.toLocaleString('en')} in an issued asset, and ${SIZE.settingAside.toLocaleString('en')} in one that is set aside for those who cannot take it. One in a hundred is no ordinary payee: without account, trustline, authorization or room, with an account that wants a memo, or with an exchange. Some accounts are merged, frozen or give their trustline up after their payment was signed. Every fourth answer to a submission is lost, and ${DEATHS} workers die. Counted on the ledger, in the items, and in the books that PayD makes of the history of its treasuries.`,
      rows: [
        count('people', total.people),
        count('paid', total.paid),
        count('paid into a balance that waits on the ledger', total.setAside),
        count('not paid, each with the reason that is right', total.explained),
        count('transactions', total.transactions),
        count('of them in vain: signed before what made them fail', total.inVain, '3'),
        count('paid twice, too much, or to somebody else', wrong.twice, '0'),
        count('forgotten', wrong.forgotten, '0'),
        count('items with a wrong end or reason', wrong.unexplained, '0'),
        count('stroops by which books and ledger differ, fees included', Number(wrong.stroops), '0'),
        count('differences, gaps and contradictions that PayD found itself', wrong.differences, '0'),
      ],
    }
  } finally {
    await project.stop()
  }
}

/** What is left of the lines when each of the others has taken away one like itself. */
function without(lines: readonly string[], others: readonly string[]): readonly string[] {
  const taken = new Map<string, number>()
  for (const line of others) taken.set(line, (taken.get(line) ?? 0) + 1)
  return lines.filter((line) => {
    const left = taken.get(line) ?? 0
    taken.set(line, left - 1)
    return left <= 0
  })
}

function distance(left: string, right: string): bigint {
  const difference = parseAmount(left) - parseAmount(right)
  return difference < 0n ? -difference : difference
}

function count(what: string, value: number, aim?: string): ResultRow {
  return { what, unit: '', min: value, median: value, max: value, ...(aim === undefined ? {} : { aim }) }
}
