/**
 * Why a description of an assertion cannot be understood alone, or undefined when nothing tells so.
 *
 * A failing assertion is read at night and without the lines before it, so its description is a sentence with a subject.
 */
export function descriptionProblem(description: string): string | undefined {
  if (description.trim() === '') return 'has no description'
  const start = CONTINUATION.exec(description)?.[0]
  if (start) return `begins like the continuation of another ("${start} …"); name the subject`
  return undefined
}

const CONTINUATION =
  /^(?:and|but|nor|or|so|which|then|not even|neither|also|nothing else|yet|that|because|even|again|as well|is|are|was|were|it|its|they|their|them)\b/i
