import { createContext, useContext } from 'react'
import type { Messages } from '../messages/en/index.ts'
import type { ConsoleConfig } from './config.ts'
import type { Language } from './language.ts'
import type { ProjectClient } from './supabase.ts'

/** What every page has, signed in or not. */
export interface Console {
  readonly config: ConsoleConfig
  readonly supabase: ProjectClient
  readonly language: Language
  readonly locale: string
  readonly messages: Messages
}

const Context = createContext<Console | undefined>(undefined)

/** Gives pages their surroundings. */
export const ConsoleProvider = Context.Provider

/** The surroundings of a page. */
export function useConsole(): Console {
  const found = useContext(Context)
  if (found === undefined) throw new Error('Nothing is shown outside the ConsoleProvider.')
  return found
}

/** Every text of the console, in the language that was chosen. */
export const useMessages = (): Messages => useConsole().messages
