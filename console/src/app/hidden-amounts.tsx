import { createContext, useContext } from 'react'

const Context = createContext(false)

/** Says whether amounts are hidden on everything below. */
export const HiddenAmountsProvider = Context.Provider

/** Whether amounts are hidden now. */
export const useHiddenAmounts = (): boolean => useContext(Context)
