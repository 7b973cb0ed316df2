/** A setting of the function is absent or malformed. The message names the setting and never its value. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError'
}

/** Reads one setting of the function; undefined when it is not set. */
export type Environment = (name: string) => string | undefined

/** The address of the Supabase project. Throws {@link ConfigurationError} when it is not set. */
export function supabaseUrl(environment: Environment): string {
  const url = environment('SUPABASE_URL') ?? ''
  if (!URL.canParse(url)) throw new ConfigurationError('SUPABASE_URL is not set to the address of the project.')
  return url
}

/** The project's secret keys by name. Throws {@link ConfigurationError} when there is none. */
export function secretKeys(environment: Environment): ReadonlyMap<string, string> {
  const parsed = parseJson(environment('SUPABASE_SECRET_KEYS') ?? '')
  const isNamed = parsed !== null && typeof parsed === 'object' && !Array.isArray(parsed)
  const keys = isNamed ? Object.entries(parsed).filter(isNamedKey) : []
  if (keys.length === 0) {
    throw new ConfigurationError(
      'SUPABASE_SECRET_KEYS is not a JSON object of named secret keys, such as {"default": "sb_secret_…"}.',
    )
  }
  return new Map(keys)
}

/** The key with which this function talks to the database. */
export function databaseKey(environment: Environment): string {
  const keys = secretKeys(environment)
  const key = keys.get('default') ?? keys.values().next().value
  if (key === undefined) throw new ConfigurationError('SUPABASE_SECRET_KEYS has no key.')
  return key
}

/** The value of a JSON setting, or null when it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The error of JSON.parse quotes the text, and the text holds keys.
    return null
  }
}

/** Whether a value is an array of texts. */
export function isTextList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'string')
}

function isNamedKey(entry: [string, unknown]): entry is [string, string] {
  return typeof entry[1] === 'string' && entry[1] !== ''
}

/** The value of `make`, made at the first call. A call that throws is made again at the next one. */
export function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | null = null
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
