import type { Sentence } from '../../sentence.ts'

/** What the ledger and its providers say. */
export const ledger = {
  history_gap_closed: ['Die Lücke %1 ist schon %2.', 'Lesen Sie sie noch einmal, bevor Sie entscheiden.'],
  history_gap_not_found: ['In der Geschichte eines Kontos gibt es keine Lücke %1.', 'Laden Sie die Seite neu.'],
  invalid_account_history: [
    'Die Seite der Geschichte lässt sich nicht aufzeichnen: %1.',
    'Melden Sie das dem Betreiber.',
  ],
  invalid_account_look: ['Der Blick auf das Konto lässt sich nicht verwenden.', 'Melden Sie das dem Betreiber.'],
  invalid_claimable_balance: [
    'Der hinterlegte Betrag %1 lässt sich nicht aufzeichnen: %2.',
    'Melden Sie das dem Betreiber.',
  ],
  invalid_claimable_balances: [
    'Die hinterlegten Beträge sind nicht 1 bis 1000 Einträge.',
    'Melden Sie das dem Betreiber.',
  ],
  invalid_network: ['%1 ist kein Stellar-Netz.', 'Die Netze sind TESTNET und MAINNET.'],
  invalid_provider_budget: [
    'Das Budget ist nicht 0.01 bis 10000 Anfragen in der Sekunde.',
    'Fragen Sie den Anbieter, wie viele Anfragen er erlaubt.',
  ],
  invalid_verdict: ['Das Urteil ist keines von %1.', 'Sagen Sie, was andere Anbieter zeigen.'],
  invalid_wallet_states: ['Die Stände der Wallets sind nicht 1 bis 1000 Einträge.', 'Melden Sie das dem Betreiber.'],
  ledger_contradiction_needs_another_person: [
    'Sie haben vorgeschlagen, wie der Widerspruch %1 gelöst wird, darum muss jemand anderes zustimmen.',
    'Bitten Sie einen anderen Manager oder Admin um dasselbe Urteil.',
  ],
  ledger_contradiction_not_found: [
    'In Ihrer Organisation gibt es keinen Widerspruch %1.',
    'Prüfen Sie, ob Sie in der richtigen Organisation sind.',
  ],
  ledger_contradiction_resolved: [
    'Der Widerspruch %1 wurde schon als %2 gelöst.',
    'Widerspricht ein späterer Blick wieder, entsteht ein neuer.',
  ],
  ledger_contradicts: [
    'Was der Anbieter vom Konto %1 sagt, widerspricht dem, was er vorher sagte.',
    'Daraus wird nichts mehr gezahlt. Vergleichen Sie seine Transaktionen über einen anderen Anbieter mit dem Ledger.',
  ],
  network_already_in_use: [
    'Dieses Projekt hat schon Transaktionen in einem anderen Stellar-Netz.',
    'Nehmen Sie für jedes Netz ein eigenes Supabase-Projekt.',
  ],
  network_not_configured: [
    'Für dieses Projekt ist kein Stellar-Netz eingerichtet.',
    'Der Betreiber muss es einmal einrichten.',
  ],
  provider_not_secure: [
    'Die Adresse eines Stellar-Anbieters muss mit https beginnen.',
    'Nehmen Sie eine https-Adresse.',
  ],
  provider_unknown: ['Die Adresse gehört zu keinem Anbieter dieses Projekts.', 'Nehmen Sie die eingerichtete Adresse.'],
  providers_disagree: [
    'Die beiden Anbieter dieses Projekts sagen Verschiedenes über das Ende der Transaktion %1.',
    'Fragen Sie beide weiter; es endet, wenn sie übereinstimmen.',
  ],
  second_provider_is_the_first: [
    'Der zweite Anbieter hat die Adresse des ersten und könnte nichts bestätigen.',
    'Nennen Sie einen Server, den jemand anderes betreibt.',
  ],
  second_provider_missing: [
    'Vom Ende der Transaktion %1 spricht ein Anbieter, und dieses Projekt hat zwei.',
    'Fragen Sie auch den zweiten.',
  ],
} as const satisfies Record<string, Sentence>
