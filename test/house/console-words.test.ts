import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { byName, inWriting, numbersIn } from '../../console/src/messages/by-name.ts'
import { database } from '../../console/src/messages/de/database.ts'
import { settings as germanSettings } from '../../console/src/messages/de/settings.ts'
import { trail as germanTrail } from '../../console/src/messages/de/trail.ts'
import { settings } from '../../console/src/messages/en/settings.ts'
import { trail } from '../../console/src/messages/en/trail.ts'
import { ERROR_TEMPLATES } from '../../console/src/messages/error-templates.ts'
import { translate } from '../../console/src/messages/translate.ts'
import { DATABASE_ERROR_CODES } from '../../supabase/functions/_shared/contract/error-codes.ts'

const REPOSITORY = join(import.meta.dirname, '../..')
const errorsPage = readFileSync(join(REPOSITORY, 'docs/errors.md'), 'utf8')

describe('what the database says, in German', () => {
  test('every code of the database and of the package has a German sentence', () => {
    const ofPackage = [...read('src/core/error-codes.ts').matchAll(/^ {2}\| '(\w+)'/gm)].map(([, code = '']) => code)
    expect(ofPackage.length).toBeGreaterThan(50)
    const lacking = [...DATABASE_ERROR_CODES, ...ofPackage].filter((code) => database.errors[code] === undefined)
    expect(lacking).toEqual([])
  })

  test('no German sentence asks for a value that the sentence of the database does not carry', () => {
    const wrong = Object.entries(database.errors).flatMap(([code, texts]) =>
      texts.filter(
        (text = '', index) => placesOf(text) > (ERROR_TEMPLATES[code]?.[index]?.match(/%(\d\$)?s/g)?.length ?? 0),
      ),
    )
    expect(wrong).toEqual([])
  })

  test('every result of the network and every finding before payment has a German sentence and cure', () => {
    const sentences = ['## Results of Stellar', '## Findings of a report before payment'].flatMap(sentencesBelow)
    expect(sentences.length).toBeGreaterThan(100)
    expect(sentences.filter((sentence) => database.sentences[sentence] === undefined)).toEqual([])
  })

  test('every finding of the doctor and its safe action have a German sentence', () => {
    const sentences = migrations.flatMap((sql) =>
      [
        ...sql.matchAll(
          /create function private\.(?:check|unanswered_check|held_sentence|contradiction_sentence)\w*\(.*?\$\$(.*?)\$\$;/gs,
        ),
      ].flatMap(([, body = '']) =>
        textsOf(body)
          .map((text) => text.trim())
          .filter((text) => /^(%s |[A-Z]).{25,}/s.test(text)),
      ),
    )
    expect(sentences.length).toBeGreaterThan(70)
    expect(sentences.filter((sentence) => database.sentences[sentence] === undefined)).toEqual([])
  })

  test('every notification has a German title and message', () => {
    const templates = migrations.flatMap((sql) =>
      [...sql.matchAll(/insert into private\.notification_templates\b.*?\bvalues\b(.*?);\n/gs)].flatMap(
        ([, rows = '']) =>
          textsOf(rows)
            .filter((text) => /^[A-Z{].* /.test(text) && !text.startsWith('{"'))
            .map((text) => text.replaceAll(/\{\w+\}/g, '%s')),
      ),
    )
    expect(templates.length).toBeGreaterThan(80)
    expect(templates.filter((template) => database.sentences[template] === undefined)).toEqual([])
  })

  test('no German sentence names a value that its English one does not have, and none is left out', () => {
    const wrong = Object.entries(database.sentences).filter(([english, german]) => {
      const places = english.match(/%s/g)?.length ?? 0
      return new Set(german.match(/%\d/g)).size !== places || placesOf(german) !== places
    })
    expect(wrong).toEqual([])
  })

  test('the reason that a notification or a finding names is said in German too', () => {
    const reason =
      'The destination account does not exist. Ask the employee to fund the account, or to give another address.'
    expect(say('finding payroll_run_failed', `Payroll run 7 failed: ${reason}`, 'Do something new.')).toEqual({
      title:
        'Der Lohnlauf 7 ist nicht ganz bezahlt: Das Zielkonto gibt es nicht. Bitten Sie die Person, das Konto zu füllen oder eine andere Adresse zu nennen.',
      cure: 'Do something new.',
    })
    expect(say('notification x', 'Payroll run 12 is paused', '12 items, 5.0000000 XLM.')).toEqual({
      title: 'Der Lohnlauf 12 ist angehalten',
      cure: '12 Posten, 5.0000000 XLM.',
    })
  })

  test('a refusal keeps the values that it names, and its states are German words', () => {
    const outdated = 'Payroll run 12 is processing, so its items can no longer be changed.'
    expect(say('payroll_run_not_editable', outdated).title).toBe(
      'Der Lohnlauf 12 steht auf „wird bezahlt“, darum lassen sich seine Posten nicht mehr ändern.',
    )
    const shared = '2 addresses of payroll run 7 would be paid for several employees, among them the one of Ada (B. C).'
    expect(say('wallets_shared', shared).title).toContain('darunter die von Ada (B. C)')
  })

  test('the reason of a failed payment is said with its cure, and an unknown sentence stays as it is', () => {
    const reason =
      'The destination account does not exist. Ask the employee to fund the account, or to give another address.'
    expect(say('op_no_destination', reason).title).toBe(
      'Das Zielkonto gibt es nicht. Bitten Sie die Person, das Konto zu füllen oder eine andere Adresse zu nennen.',
    )
    const short = 'The treasury can spend 5 XLM and needs 9 for fees and reserves: it is short by 4 XLM.'
    expect(say('treasury_short_of_fees', short).title).toBe(
      'Die Kasse kann 5 XLM ausgeben und braucht 9 für Gebühren und Reserven: Es fehlen 4 XLM.',
    )
    expect(say('code_of_a_newer_database', 'Something new.', 'Do this.')).toEqual({
      title: 'Something new.',
      cure: 'Do this.',
    })
    // Where the values cannot be told, the sentence that has them is better than a German one without.
    expect(say('payroll_run_not_found', 'Nothing of the kind.').title).toBe('Nothing of the kind.')
  })
})

describe('what the console says itself', () => {
  test('every action of the audit trail has words in both languages', () => {
    const actions = migrations.flatMap((sql) =>
      [...sql.matchAll(/private\.write_audit\((.*?)\);/gs)].flatMap(([, call = '']) =>
        textsOf(call).filter((text) => /^[a-z_]+\.[a-z_]+$/.test(text)),
      ),
    )
    expect(actions.length).toBeGreaterThan(40)
    expect(actions.filter((action) => !(trail.actions[action] && germanTrail.actions[action]))).toEqual([])
  })

  test('every kind of notification that can be chosen has words in both languages', () => {
    const keys = migrations.flatMap((sql) =>
      [...sql.matchAll(/insert into private\.preference_defaults\b.*?\bvalues\b(.*?);\n/gs)].flatMap(([, rows = '']) =>
        textsOf(rows).filter((text) => /^notifications\.\w+\.\w+$/.test(text)),
      ),
    )
    expect(keys.length).toBeGreaterThan(20)
    const names = keys.map((key) => key.replace('notifications.', ''))
    expect(names.filter((name) => !(settings.notices[name] && germanSettings.notices[name]))).toEqual([])
  })

  test('people and runs that a sentence names by number are called by their names, in every language', () => {
    const problem = 'A wallet change of employee 7 waits for a second person.'
    expect(numbersIn([problem, 'Payroll run 12 waits.'])).toEqual({ people: [7], runs: [12] })
    const names = {
      people: new Map([[7, 'Ada Lovelace']]),
      runs: new Map([['PAY-2026-09-30-ab12', 'September 2026 · XLM']]),
    }
    expect(say('', byName(problem, names)).title).toBe(
      'Eine Adressänderung der Person Ada Lovelace wartet auf eine zweite Person.',
    )
    const waits = say('', byName('Payroll run PAY-2026-09-30-ab12 waits for approval', names))
    expect(waits.title).toBe('Der Lohnlauf September 2026 · XLM wartet auf Genehmigung')
    // A number that nobody has a name for stays.
    expect(byName('employee 8', names)).toBe('employee 8')
  })

  test('times, days and amounts in a sentence are written as everywhere else, and other numbers stay as they are', () => {
    const writing = {
      instant: (iso: string) => `<${iso}>`,
      day: (day: string) => `[${day}]`,
      money: (amount: string, asset: string) => `{${amount} ${asset}}`,
    }
    expect(inWriting('12 items, 191.7400002 XLM for 2026-09-01 to 2026-09-30.', writing)).toBe(
      '12 items, {191.7400002 XLM} for [2026-09-01] to [2026-09-30].',
    )
    expect(inWriting('Sign it before 2026-12-02T04:15:06.804858+00:00 or 2026-12-02 04:15 UTC.', writing)).toBe(
      'Sign it before <2026-12-02T04:15:00Z> or <2026-12-02T04:15:00Z>.',
    )
    expect(inWriting('PAY-2026-09-30-debb40f3d736 has version 2.5', writing)).toBe(
      'PAY-2026-09-30-debb40f3d736 has version 2.5',
    )
  })
})

const FOLDER = 'supabase/migrations'
const migrations = readdirSync(join(REPOSITORY, FOLDER))
  .filter((name) => name.endsWith('.sql'))
  .map((name) => readFileSync(join(REPOSITORY, FOLDER, name), 'utf8'))

/** The texts of a piece of SQL; texts that stand on lines below one another are one. */
const textsOf = (sql: string): string[] =>
  [
    ...sql
      .replaceAll(/^ *--.*$/gm, '')
      .replaceAll(/'\s*\n\s*'/g, '')
      .matchAll(/'((?:[^']|'')*)'/g),
  ].map(([, text = '']) => text.replaceAll("''", "'"))

const say = (code: string, sentence: string, cure?: string) =>
  translate(database, ERROR_TEMPLATES, [code, sentence, cure])

const read = (path: string): string => readFileSync(join(REPOSITORY, path), 'utf8')

const placesOf = (text: string): number =>
  Math.max(0, ...[...text.matchAll(/%(\d)/g)].map(([, digit]) => Number(digit)))

/** Sentences and cures of a table of docs/errors.md. */
function sentencesBelow(heading: string): string[] {
  const [, rest = ''] = errorsPage.split(heading)
  const [part = ''] = rest.split('\n## ')
  return part
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .flatMap((line) => line.slice(2, -2).split(' | ').slice(2))
}
