/** An amount as people type it: the zeros at the end, which the database always writes, left out. */
export const plainAmount = (amount: string): string => amount.replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '')
