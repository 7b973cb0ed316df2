import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { database } from '../../console/src/messages/de/database.ts'
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
