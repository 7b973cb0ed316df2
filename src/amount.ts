export {
  AmountError,
  type AmountProblem,
  addAmounts,
  compareAmounts,
  formatAmount,
  isAmount,
  MAX_AMOUNT,
  parseAmount,
} from '../supabase/functions/_shared/contract/amount.ts'
