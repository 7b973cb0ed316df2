import ts from 'typescript'
import { describe, expect, test } from 'vitest'
import { projectFiles, textOf } from './files.ts'

/** Words that hide who acts or what happens. The sentence is easier without each of them. */
const RIDDLES: readonly (readonly [RegExp, string])[] = [
  [/\bnobody\b/i, 'name what does not happen, or to whom'],
  [/\bno one\b/i, 'name what does not happen, or to whom'],
  [/\bwho(so)?ever\b/i, 'name who it is: the caller, the worker, the approver'],
  [/\blooked past\b/i, 'say what is done instead'],
  [/\bnot even\b.*\bnor\b/i, 'make two sentences of it'],
]

/** Documents that asked for PayD; readers look for their titles in docs/coverage.md. */
const SOURCE_WORDS = /\bseed 00\d\b|\bR\d{1,2}\b(?! \|)|\bsource documents?\b/i

const READ = /^(supabase\/functions|src|console|examples|bench|tools|test)\/.*\.tsx?$/

describe('comments and descriptions', () => {
  test('name their subject instead of speaking in riddles', () => {
    const found = projectFiles(READ)
      .filter((path) => !path.startsWith('test/house/'))
      .flatMap((path) =>
        sentencesOf(path).flatMap((sentence) => riddlesIn(sentence).map((why) => `${path}: ${sentence} (${why})`)),
      )
    expect(found).toEqual([])
  })

  test.each([
    ['Nobody sees it twice.', 1],
    ['Whoever rings gets an answer.', 1],
    ['Failures to look that may pass are looked past.', 1],
    ['A read that fails for a passing reason is tried again at the next interval.', 0],
  ])('the rule counts in "%s": %i', (sentence, count) => {
    expect(riddlesIn(sentence)).toHaveLength(count)
  })
})

test('documents name what asked for a thing by its title, never by a number', () => {
  const numbered = projectFiles(/\.md$/).flatMap((path) =>
    textOf(path)
      .split('\n')
      .flatMap((line, index) => (SOURCE_WORDS.test(line) ? [`${path}:${index + 1} ${line.slice(0, 80)}`] : [])),
  )
  expect(numbered).toEqual([])
})

test('files and folders are named in kebab case', () => {
  const other = projectFiles(/\.(ts|tsx|js|mjs)$/).filter(
    (path) => !path.split('/').every((name) => /^[a-z0-9_.]*[a-z0-9]+([-.][a-z0-9]+)*$/.test(name)),
  )
  expect(other).toEqual([])
})

const riddlesIn = (sentence: string): string[] => RIDDLES.flatMap(([word, why]) => (word.test(sentence) ? [why] : []))

/** The comments of a file, and the names of its tests. */
function sentencesOf(path: string): string[] {
  const text = textOf(path)
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
  const found = new Map<number, string>()
  const visit = (node: ts.Node): void => {
    for (const range of ts.getLeadingCommentRanges(text, node.getFullStart()) ?? []) {
      found.set(range.pos, text.slice(range.pos, range.end))
    }
    if (ts.isCallExpression(node) && /^(test|it|describe)\b/.test(node.expression.getText(source))) {
      const [name] = node.arguments
      if (name && ts.isStringLiteralLike(name)) found.set(name.pos, name.text)
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return [...found.values()].map((sentence) => sentence.replaceAll(/\s*\n\s*\*?\s*/g, ' ').trim())
}
