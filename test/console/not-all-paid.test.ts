import { Asset, Operation } from '@stellar/stellar-sdk/base'
import { createClient } from '@supabase/supabase-js'
import type { Browser, Page } from 'playwright-core'
import postgres from 'postgres'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import type { PayrollRun } from '../../src/index.ts'
import { type Horizon, openHorizon } from '../../tools/demo/horizon.ts'
import { keypairOf } from '../../tools/demo/people.ts'
import { openAccount } from '../../tools/demo/wallets.ts'
import { barriersOf } from './support/barriers.ts'
import { newVisitor, openBrowser, picture, signIn, type Visitor } from './support/browser.ts'
import { type Colleague, foundCompany, type OwnCompany } from './support/own-company.ts'

// A company in which not everybody can be paid at once; each test stands on what the one before left.
const { url, secretKey, horizonUrl, adminUrl, secondTreasury } = inject('console')
const NEW = keypairOf('not-all-paid', 'new').publicKey()
const LATE = keypairOf('not-all-paid', 'late').publicKey()
const UNTRUSTING = keypairOf('not-all-paid', 'untrusting').publicKey()
const issuer = keypairOf('not-all-paid', 'issuer')
const treasury = keypairOf('console', 'second treasury')

let browser: Browser
let horizon: Horizon
let company: OwnCompany
/** A second manager, because an admin who has changed the rules approves nothing of that time. */
let approver: Colleague
let manager: Visitor
let page: Page

beforeAll(async () => {
  ;[browser, horizon, company] = await Promise.all([openBrowser(), openHorizon(horizonUrl), foundCompany('short')])
  const operator = createClient(new URL(url).origin, secretKey, { auth: { persistSession: false } })
  const about = { organization_id: company.id, account_id: secondTreasury }
  const [{ error }] = await Promise.all([operator.rpc('enroll_source_account', about), fundInUsd()])
  if (error !== null) throw new Error(error.message)
  await employ()
  approver = await company.join('approver', 'manager')
  manager = await newVisitor(browser)
  page = manager.page
  await signIn(manager, company.manager.email)
})
afterAll(() => browser?.close())

test('a run in which somebody cannot be paid says who, why and the cure, and the rest is paid once that is done', async () => {
  const run = await begin({ period_start: '2026-01-01', period_end: '2026-01-31' })
  await page.goto(addressOf(run))
  const panel = page.getByRole('region', { name: 'Not everybody is paid' })
  await panel.getByText('1 person').waitFor()
  await panel.getByText(/does not exist/).waitFor()
  await panel.getByRole('link', { name: 'Nia New' }).waitFor()
  expect(await barriersOf(page)).toEqual([])
  await picture(page, 'run-failed')

  await openAccount(horizon, NEW)
  await page.getByRole('button', { name: 'Pay the rest' }).click()
  await page.getByRole('dialog').getByText('0.50 XLM').first().waitFor()
  await page.getByRole('dialog').getByRole('button', { name: 'Pay the rest' }).click()
  await page.getByText('Everybody is paid').waitFor()
})

test('pay that waits on the ledger is taken back when its time has come, and the reason is said when the ledger refuses', async () => {
  const run = await begin({ period_start: '2026-01-01', period_end: '2026-01-31', ...usd() })
  await page.goto(addressOf(run))
  const part = page.getByRole('region', { name: 'Waiting on the ledger' })
  await part.getByRole('link', { name: 'Uma Untrusting' }).waitFor()
  await part.getByText('Waits to be claimed').waitFor()
  const takeBack = part.getByRole('button', { name: 'Take back' })
  expect(await takeBack.getAttribute('aria-disabled')).toBe('true')
  await part.getByText(/^From .* on\.$/).waitFor()

  // The database lets a day pass; the ledger does not.
  const sql = postgres(adminUrl, { max: 1, onnotice: () => undefined })
  await sql.begin(async (transaction) => {
    await transaction`set local session_replication_role = replica`
    await transaction`
      update public.claimable_balances set reclaimable_at = now() - interval '1 minute'
      where payroll_run_id = ${run.id}`
  })
  await sql.end()
  await page.reload()
  await takeBack.click()
  await page.getByText('It is being taken back.').first().waitFor()
  await part.getByText('The treasury account may not claim the balance yet.').waitFor()
  await picture(page, 'run-unclaimed')
})

test('a run that others would sign for than its approvers saw is approved again by a person who had no part in it', async () => {
  const run = await begin({ period_start: '2026-02-01', period_end: '2026-02-28' }, LATE)
  // Wallets would sign for a moment, and then the server again, which is less than that.
  for (const custody of ['wallet', 'server']) {
    const about = { source_account: secondTreasury, custody }
    expect((await company.admin.supabase.rpc('set_treasury_custody', about)).error).toBeNull()
  }
  await page.goto(addressOf(run))
  await page.getByRole('region', { name: 'Waits for approval' }).waitFor()
  await page.getByText('You submitted this run, so another person must approve it.').waitFor()
  expect(await page.getByRole('button', { name: 'Approve' }).getAttribute('aria-disabled')).toBe('true')

  await page.getByRole('button', { name: 'Pay the rest' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Pay the rest' }).click()
  await page.getByRole('dialog').getByRole('alert').getByText('are asked again').waitFor()
  await page.keyboard.press('Escape')

  const third = await newVisitor(browser)
  await signIn(third, approver.email)
  await third.page.goto(addressOf(run))
  await third.page.getByRole('region', { name: 'Waits for approval' }).getByRole('button', { name: 'Approve' }).click()
  await picture(third.page, 'run-approve-again')
  await third.page.getByRole('dialog').getByRole('button', { name: 'Yes, approve' }).click()
  await third.page.getByText('You have approved it.').first().waitFor()
  await page.getByRole('region', { name: 'Waits for approval' }).waitFor({ state: 'detached' })
  expect([manager, third].flatMap(({ complaints }) => complaints)).toEqual([])
})

const addressOf = (run: PayrollRun): string => `${url}/o/${company.id}/runs/${run.id}`

const usd = () => ({ asset_code: 'USD', asset_issuer: issuer.publicKey() })

/** Drafts, submits and approves a run, starts its payment, and waits for its end. A late person has no account either. */
async function begin(about: Parameters<typeof company.manager.payd.payrollRuns.create>[0], late?: string) {
  const { manager: clerk } = company
  if (late !== undefined)
    await clerk.payd.employees.create({
      first_name: 'Lea',
      last_name: 'Late',
      email: 'late@short.example.com',
      salary: '0.5',
      wallet_address: late,
    })
  const draft = await clerk.payd.payrollRuns.create(about)
  const run = await clerk.payd.payrollRuns.submit(draft)
  await approver.payd.payrollRuns.approve(await approver.payd.payrollRuns.get(run.id))
  await clerk.payd.payrollRuns.disburse(run.id)
  await clerk.payd.payrollRuns.waitUntilFinished(run.id)
  return run
}

/** Somebody without an account whose pay is too small to make one, somebody who does not accept the asset, and the rule that such pay may wait. */
async function employ(): Promise<void> {
  const { payd } = company.manager
  await payd.employees.create({
    first_name: 'Nia',
    last_name: 'New',
    email: 'new@short.example.com',
    salary: '0.5',
    wallet_address: NEW,
  })
  await payd.employees.create({
    first_name: 'Uma',
    last_name: 'Untrusting',
    email: 'untrusting@short.example.com',
    salary: '12.3456789',
    wallet_address: UNTRUSTING,
    ...usd(),
  })
  const { version } = (await company.admin.payd.organizations.current()) ?? { version: 1 }
  const rules = { salary_period: 'run', allows_claimable_balances: true, reclaim_after_days: 1 } as const
  await company.admin.payd.organizations.update({ expected_version: version, ...rules })
}

async function fundInUsd(): Promise<void> {
  await Promise.all([issuer.publicKey(), UNTRUSTING].map((address) => openAccount(horizon, address)))
  const asset = new Asset('USD', issuer.publicKey())
  await horizon.submit(treasury, [Operation.changeTrust({ asset })])
  await horizon.submit(issuer, [Operation.payment({ destination: secondTreasury, asset, amount: '1000' })])
}
