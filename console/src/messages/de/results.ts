/** What the network answers to a payment, and the cures. The names are the sentences of the database. */
export const results: Readonly<Record<string, string>> = {
  'A precondition of the transaction does not hold.': 'Eine Vorbedingung der Transaktion ist nicht erfüllt.',
  'Add XLM to the treasury account, then retry the run.':
    'Füllen Sie XLM auf das Kassenkonto und zahlen Sie dann den Rest.',
  'Add the key to the secrets of payroll-disburse, then retry the run.':
    'Der Betreiber muss den Schlüssel in den Geheimnissen von payroll-disburse hinterlegen; zahlen Sie dann den Rest.',
  'Add the trustline to the treasury account, then ask for it again.':
    'Fügen Sie dem Kassenkonto die Trustline hinzu und fragen Sie dann noch einmal.',
  'Add the trustline to the treasury account, then retry the run.':
    'Fügen Sie dem Kassenkonto die Trustline hinzu und zahlen Sie dann den Rest.',
  'An account of the transaction is frozen by the network.': 'Ein Konto der Transaktion ist vom Netz eingefroren.',
  'An operation failed.': 'Eine Zahlung ist gescheitert.',
  'Another transaction used the sequence number.': 'Eine andere Transaktion hat die Nummer verwendet.',
  'Ask the employee to add a trustline for the asset, then retry.':
    'Bitten Sie die Person, eine Trustline für das Asset hinzuzufügen, und zahlen Sie dann den Rest.',
  'Ask the employee to fund the account, or to give another address.':
    'Bitten Sie die Person, das Konto zu füllen oder eine andere Adresse zu nennen.',
  'Ask the employee to raise the limit of the trustline, then retry.':
    'Bitten Sie die Person, die Grenze der Trustline zu erhöhen, und zahlen Sie dann den Rest.',
  'Ask the issuer of the asset to authorize the account, then retry.':
    'Bitten Sie den Emittenten des Assets, das Konto zuzulassen, und zahlen Sie dann den Rest.',
  'Ask the issuer of the asset, then ask for it again.':
    'Fragen Sie den Emittenten des Assets und dann noch einmal hier.',
  'Ask the issuer of the asset, then retry the run.':
    'Fragen Sie den Emittenten des Assets und zahlen Sie dann den Rest.',
  'Check the Horizon server and the fee limit, then retry the run.':
    'Der Betreiber prüft den Horizon-Server und die Grenze der Gebühr; zahlen Sie dann den Rest.',
  'Check the address and the amount of the employee.': 'Prüfen Sie Adresse und Betrag der Person.',
  'Check the address of the Horizon server.': 'Der Betreiber prüft die Adresse des Horizon-Servers.',
  'Check the asset; the run cannot be paid in it.': 'Prüfen Sie das Asset; in ihm lässt sich der Lauf nicht bezahlen.',
  'Check the signers of the treasury account.': 'Prüfen Sie die Unterzeichner des Kassenkontos.',
  'Check the signing key and the thresholds of the treasury account.':
    'Prüfen Sie den Schlüssel und die Schwellen des Kassenkontos.',
  'Check the signing key, the thresholds and the network.': 'Prüfen Sie den Schlüssel, die Schwellen und das Netz.',
  'Check the treasury account and the network.': 'Prüfen Sie das Kassenkonto und das Netz.',
  'Configure a server of the right network, then retry the run.':
    'Der Betreiber richtet einen Server des richtigen Netzes ein; zahlen Sie dann den Rest.',
  'Configure another Horizon server.': 'Der Betreiber richtet einen anderen Horizon-Server ein.',
  'Create and fund the treasury account, then retry the run.':
    'Legen Sie das Kassenkonto an, füllen Sie es und zahlen Sie dann den Rest.',
  'Each operation says why.': 'Jede Zahlung sagt, warum.',
  'Find the frozen account and remove it from the run.':
    'Finden Sie das eingefrorene Konto und nehmen Sie es aus dem Lauf.',
  'Fund the treasury account, then retry the run.': 'Füllen Sie das Kassenkonto und zahlen Sie dann den Rest.',
  'Look at the balance again; horizon-sync says what became of it.':
    'Sehen Sie den hinterlegten Betrag noch einmal an; dort steht, was aus ihm wurde.',
  'No worker has the key of the source account.': 'Kein Arbeiter hat den Schlüssel des Kontos, aus dem gezahlt wird.',
  'Nothing needs to be done.': 'Es ist nichts zu tun.',
  'Paid.': 'Bezahlt.',
  'Pay at least the minimum balance, or ask the employee to fund the account first.':
    'Zahlen Sie mindestens das Mindestguthaben, oder bitten Sie die Person, das Konto zuerst zu füllen.',
  'PayD builds it again.': 'PayD baut sie neu.',
  'PayD pays it in the next transaction.': 'PayD zahlt sie in der nächsten Transaktion.',
  'PayD sends it again with a higher fee.': 'PayD sendet sie mit höherer Gebühr noch einmal.',
  'Please report this; it is a defect of PayD.': 'Bitte melden Sie das; es ist ein Fehler von PayD.',
  'Raise the limit of the trustline, then ask for it again.':
    'Erhöhen Sie die Grenze der Trustline und fragen Sie dann noch einmal.',
  'Retry the run from another treasury account.': 'Zahlen Sie den Rest aus einem anderen Kassenkonto.',
  'Retry; it will be paid instead of created.': 'Zahlen Sie den Rest; das Konto wird dann bezahlt statt angelegt.',
  'Ten transactions in a row reached no ledger, although nothing was wrong with them.':
    'Zehn Transaktionen nacheinander erreichten kein Ledger, obwohl ihnen nichts fehlte.',
  'The Horizon server serves another Stellar network than this project.':
    'Der Horizon-Server bedient ein anderes Stellar-Netz als dieses Projekt.',
  'The amount is less than a new account must hold.':
    'Der Betrag ist kleiner als das, was ein neues Konto halten muss.',
  'The balance is not on the ledger any more: the employee claimed it, or the issuer took it back.':
    'Der Betrag liegt nicht mehr im Ledger: Die Person hat ihn abgeholt, oder der Emittent hat ihn zurückgenommen.',
  'The destination account does not accept this asset.': 'Das Zielkonto nimmt dieses Asset nicht an.',
  'The destination account does not exist.': 'Das Zielkonto gibt es nicht.',
  'The destination account exists already.': 'Das Zielkonto gibt es schon.',
  'The issuer has not authorized the destination to hold this asset.':
    'Der Emittent hat dem Zielkonto dieses Asset nicht erlaubt.',
  'The issuer has not authorized the source account to send this asset.':
    'Der Emittent hat dem Kassenkonto nicht erlaubt, dieses Asset zu senden.',
  'The issuer has not authorized the treasury account to hold this asset.':
    'Der Emittent hat dem Kassenkonto dieses Asset nicht erlaubt.',
  'The issuer of the asset does not exist.': 'Den Emittenten des Assets gibt es nicht.',
  'The network asked for a higher fee.': 'Das Netz verlangte eine höhere Gebühr.',
  'The network asks a higher fee for an operation than this project allows.':
    'Das Netz verlangt für eine Zahlung eine höhere Gebühr, als dieses Projekt erlaubt.',
  'The network did not finish the operation.': 'Das Netz hat die Zahlung nicht zu Ende geführt.',
  'The network does not support the operation.': 'Das Netz kann die Zahlung nicht ausführen.',
  'The network does not support the transaction.': 'Das Netz kann die Transaktion nicht ausführen.',
  'The network had an internal error.': 'Das Netz hatte einen inneren Fehler.',
  'The operation is not valid for this destination or amount.':
    'Die Zahlung ist für dieses Ziel oder diesen Betrag nicht gültig.',
  'The operation was good, but another of its transaction failed, so nothing was paid.':
    'Diese Zahlung war gut, aber eine andere derselben Transaktion scheiterte, darum wurde nichts gezahlt.',
  'The provider accepts no transactions.': 'Der Anbieter nimmt keine Transaktionen an.',
  'The provider could not read the transaction.': 'Der Anbieter konnte die Transaktion nicht lesen.',
  'The provider refused the request.': 'Der Anbieter hat die Anfrage abgelehnt.',
  'The sequence number of the source account cannot grow any more.':
    'Die laufende Nummer des Kassenkontos kann nicht mehr wachsen.',
  'The signature is not valid for the source account or network.':
    'Die Unterschrift gilt nicht für das Konto oder das Netz.',
  'The signature is not valid for the source account.':
    'Die Unterschrift gilt nicht für das Konto, aus dem gezahlt wird.',
  'The source account cannot pay the fee and keep its reserve.':
    'Das Kassenkonto kann die Gebühr nicht zahlen und seine Reserve behalten.',
  'The source account cannot reserve the XLM that a claimable balance needs.':
    'Das Kassenkonto kann die XLM nicht zurückstellen, die ein hinterlegter Betrag braucht.',
  'The source account does not exist on this network.': 'Das Kassenkonto gibt es in diesem Netz nicht.',
  'The source account does not exist.': 'Das Kassenkonto gibt es nicht.',
  'The source account does not hold enough of the asset.': 'Das Kassenkonto enthält nicht genug von dem Asset.',
  'The source account has no trustline for the asset.': 'Das Kassenkonto hat keine Trustline für das Asset.',
  'The source account has too many entries.': 'Das Kassenkonto hat zu viele Einträge.',
  'The source account sponsors too many entries.': 'Das Kassenkonto bürgt für zu viele Einträge.',
  'The transaction carries a signature that nobody needs.':
    'Die Transaktion trägt eine Unterschrift, die niemand braucht.',
  'The transaction has an unfinished sponsorship.': 'Die Transaktion hat eine unfertige Bürgschaft.',
  'The transaction has no operation.': 'Die Transaktion enthält keine Zahlung.',
  'The transaction is malformed.': 'Die Transaktion hat eine falsche Form.',
  'The transaction is not a valid contract call.': 'Die Transaktion ist kein gültiger Aufruf eines Vertrags.',
  'The transaction was not included in time.': 'Die Transaktion wurde nicht rechtzeitig aufgenommen.',
  'The transaction was sent too early.': 'Die Transaktion wurde zu früh gesendet.',
  'The treasury account has no trustline for the asset.': 'Das Kassenkonto hat keine Trustline für das Asset.',
  'The treasury account may not claim the balance yet.': 'Das Kassenkonto darf den Betrag noch nicht zurücknehmen.',
  'The trustline of the destination has no room for this amount.':
    'Die Trustline des Zielkontos hat keinen Platz für diesen Betrag.',
  'The trustline of the treasury account has no room for the amount.':
    'Die Trustline des Kassenkontos hat keinen Platz für den Betrag.',
  'Use another treasury account.': 'Nehmen Sie ein anderes Kassenkonto.',
  'Wait until the network is calmer, or let the operator raise the limit with private.configure_fee_limit; then retry the run.':
    'Warten Sie, bis das Netz ruhiger ist, oder lassen Sie den Betreiber die Grenze erhöhen; zahlen Sie dann den Rest.',
  'Wait until the time from which on it can be taken back.': 'Warten Sie, bis der Betrag zurückgenommen werden kann.',
}
