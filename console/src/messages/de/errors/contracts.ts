import type { Sentence } from '../../sentence.ts'

/** Registered contracts. */
export const contracts = {
  contract_already_registered: [
    'Der Vertrag %1 ist mit anderem Code oder in einem anderen Netz eingetragen.',
    'Halten Sie ein Upgrade fest, statt ihn noch einmal einzutragen.',
  ],
  contract_name_taken: ['Unter dem Namen %1 ist ein anderer Vertrag eingetragen.', 'Wählen Sie einen anderen Namen.'],
  contract_network_mismatch: [
    'Der Vertrag liegt in %1, dieses Projekt läuft in %2.',
    'Tragen Sie ihn in dem Projekt ein, das sein Netz bedient.',
  ],
  contract_not_found: [
    'Es gibt keinen eingetragenen Vertrag %1.',
    'Tragen Sie den Vertrag zuerst ein, oder prüfen Sie seine Adresse.',
  ],
  contract_runs_this_code: ['Der Vertrag %1 läuft schon mit diesem Code.', 'Es ist nichts zu tun.'],
  contract_upgrade_in_progress: [
    'Für den Vertrag %1 läuft ein anderes Upgrade, Nummer %2.',
    'Beenden Sie zuerst jenes Upgrade, oder brechen Sie es ab.',
  ],
  contract_upgrade_not_found: ['Es gibt kein Upgrade %1.', 'Laden Sie die Seite neu.'],
  invalid_contract_event: ['Das Ereignis %1 lässt sich nicht aufzeichnen: %2.', 'Melden Sie das dem Betreiber.'],
  invalid_contract_events: [
    'Die Ereignisse des Vertrags sind nicht 1 bis 1000 Einträge.',
    'Melden Sie das dem Betreiber.',
  ],
  invalid_contract_id: [
    '%1 ist keine Adresse eines Vertrags.',
    'Sie beginnt mit C, hat 56 Zeichen und eine Prüfsumme; kopieren Sie sie noch einmal.',
  ],
  invalid_contract_page: [
    'Die Seite eines Vertrags lässt sich nicht aufzeichnen: %1.',
    'Melden Sie das dem Betreiber.',
  ],
  invalid_contract_version: [
    '%1 ist keine Version.',
    'Schreiben Sie sie wie 1.2.3, wenn nötig mit einem Zusatz wie -rc.1.',
  ],
  invalid_initiator: [
    '%1 ist keine Adresse eines Verwalters.',
    'Geben Sie das Konto (G…) oder den Vertrag (C…) an, der den Vertrag verwaltet.',
  ],
  invalid_log_hash: [
    'Der gesuchte Hash hat nicht 64 hexadezimale Ziffern.',
    'Geben Sie einen Hash einer früheren Antwort an, oder keinen.',
  ],
  invalid_migration_steps: ['Die Schritte der Migration sind keine Liste.', 'Melden Sie das dem Betreiber.'],
  invalid_simulation_result: ['Das Ergebnis der Simulation fehlt oder ist zu groß.', 'Melden Sie das dem Betreiber.'],
  invalid_upgrade_status: ['%1 ist kein Stand eines Upgrades.', 'Laden Sie die Seite neu.'],
  invalid_wasm_hash: [
    '%1 ist kein Hash des Codes eines Vertrags.',
    'Geben Sie den SHA-256 mit 64 hexadezimalen Ziffern an.',
  ],
} as const satisfies Record<string, Sentence>
