import ts from 'typescript'
import { expect, test } from 'vitest'
import { projectFiles, textOf } from './files.ts'

type Manifest = {
  readonly name: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly engines: { readonly node: string }
  readonly devDependencies: Readonly<Record<string, string>>
  readonly scripts: Readonly<Record<string, string>>
}
type Locked = { readonly packages: Readonly<Record<string, { readonly engines?: { readonly node?: string } }>> }

const manifest = JSON.parse(textOf('package.json')) as Manifest
const lock = JSON.parse(textOf('package-lock.json')) as Locked

test('npm install prints no engine warning on the oldest Node.js that the package supports', () => {
  const oldest = numbersOf(/^>=(\d+\.\d+\.\d+)$/.exec(manifest.engines.node)?.[1] ?? '')
  expect(oldest).toHaveLength(3)
  const refusing = Object.entries(lock.packages).flatMap(([name, { engines }]) =>
    engines?.node === undefined || allows(engines.node, oldest) ? [] : [`${name} wants ${engines.node}`],
  )
  expect(refusing).toEqual([])
})

test.each([
  ['>=22.0.0', true],
  ['>= 20.12.0', true],
  ['^20.19.0 || ^22.12.0 || >=24.0.0', true],
  ['^20.19.0 || >=24', false],
  ['>=22.19', false],
  ['18 || 20 || >=22', true],
  ['*', true],
])('the range %s allows 22.18.0: %s', (range, isAllowed) => {
  expect(allows(range, [22, 18, 0])).toBe(isAllowed)
})

test('.nvmrc names the Node.js that the npm scripts use', () => {
  expect(manifest.devDependencies.node).toMatch(new RegExp(`^\\^?${textOf('.nvmrc').trim()}\\.`))
})

test('every package that the code imports is named in package.json', () => {
  const { dependencies = {}, devDependencies, peerDependencies = {} } = manifest
  const named = new Set(Object.keys({ ...dependencies, ...devDependencies, ...peerDependencies, [manifest.name]: '' }))
  const { devDependencies: ofConsole } = JSON.parse(textOf('console/package.json')) as Manifest
  const missing = projectFiles(/^(src|tools|test|bench|console|examples)\/.*\.tsx?$/).flatMap((path) =>
    packagesIn(textOf(path)).flatMap((name) =>
      // The app has a list of its own, and nothing in it becomes a dependency of the package.
      named.has(name) || (path.startsWith('console/') && name in ofConsole) ? [] : [`${path} imports ${name}`],
    ),
  )
  expect(missing).toEqual([])
})

test('every alias leads to a script that exists', () => {
  for (const command of Object.values(manifest.scripts)) {
    const [, target] = /^npm (?:run )?([a-z:-]+)/.exec(command) ?? []
    if (target !== undefined) expect(manifest.scripts).toHaveProperty(target)
  }
})

/** The packages that a file imports, without those of Node.js and relative paths. */
function packagesIn(text: string): string[] {
  const specifiers = ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName)
  return specifiers
    .filter((name) => !/^(\.|node:|vitest$|vitest\/)/.test(name))
    .map((name) => /^(@[^/]+\/[^/]+|[^/]+)/.exec(name)?.[1] ?? name)
}

type Version = readonly number[]

const numbersOf = (version: string): Version => version.split('.').filter(Boolean).map(Number)

/** Whether a range of package.json, of the forms that packages use for Node.js, holds a version. */
function allows(range: string, version: Version): boolean {
  return range.split('||').some((part) =>
    part
      .replaceAll(/([<>=^~]+)\s+/g, '$1')
      .trim()
      .split(/\s+/)
      .every((term) => meets(term, version)),
  )
}

function meets(term: string, version: Version): boolean {
  const [, operator = '', text = ''] = /^([<>=^~]*)v?([\d.x*]*)$/.exec(term) ?? []
  if (text === '' || text === '*') return true
  const wanted = numbersOf(text.replaceAll(/[x*]/g, ''))
  const order = compare(version, wanted)
  if (operator === '>=') return order >= 0
  if (operator === '>') return order > 0
  if (operator === '<') return order < 0
  if (operator === '<=') return order <= 0
  if (operator === '^') return order >= 0 && version[0] === wanted[0]
  if (operator === '~') return order >= 0 && version[0] === wanted[0] && version[1] === (wanted[1] ?? version[1])
  return wanted.every((number, index) => number === version[index])
}

function compare(a: Version, b: Version): number {
  for (let index = 0; index < 3; index += 1) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}
