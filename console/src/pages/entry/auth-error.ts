import type { AuthError } from '@supabase/auth-js'
import type { Messages } from '../../messages/en/index.ts'

/** What the auth service refused, in the words of the console where it has some. */
export function sayAuthError({ code, message }: AuthError, t: Messages['entry']): string {
  return t.authErrors[code ?? ''] ?? message
}
