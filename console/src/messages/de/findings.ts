/** What is found before a payment, and the cures. The names are the sentences of the database. */
export const findings: Readonly<Record<string, string>> = {
  'The account does not exist yet; the payment creates it.': 'Das Konto gibt es noch nicht; die Zahlung legt es an.',
  'Check with the employee that the address is right.': 'Fragen Sie die Person, ob die Adresse stimmt.',
  'The account was not read from the ledger in time.': 'Das Konto wurde nicht rechtzeitig aus dem Ledger gelesen.',
  'Ask for another report. Without an answer PayD pays, and the network decides.':
    'Fragen Sie noch einmal. Ohne Antwort zahlt PayD, und das Netz entscheidet.',
  'What the provider says about the account cannot be read.':
    'Was der Anbieter über das Konto sagt, lässt sich nicht lesen.',
  'Ask for another report, or ask the operator to use another provider.':
    'Fragen Sie noch einmal, oder bitten Sie den Betreiber um einen anderen Anbieter.',
  'The address is that of the issuer of the asset: what is sent there is destroyed.':
    'Die Adresse ist die des Emittenten: Was dorthin geht, ist vernichtet.',
  'Ask the employee for the address of the own wallet.': 'Fragen Sie die Person nach der Adresse ihrer eigenen Wallet.',
  'The address is a treasury account of the organization.': 'Die Adresse ist ein Kassenkonto der Organisation.',
  'The employee has no wallet address.': 'Die Person hat keine Auszahlungsadresse.',
  'Add the address, or remove the employee from the run.':
    'Tragen Sie die Adresse ein, oder nehmen Sie die Person aus dem Lauf.',
  'The employee is no longer active.': 'Die Person ist nicht mehr aktiv.',
  'Remove the employee from the run, or make the record active again.':
    'Nehmen Sie die Person aus dem Lauf, oder stellen Sie sie wieder auf aktiv.',
  'The treasury can spend %s XLM: enough at the lowest fee; at the highest that PayD offers it would take %s.':
    'Die Kasse kann %1 XLM ausgeben: genug bei der niedrigsten Gebühr; bei der höchsten, die PayD bietet, wären es %2.',
  'Fund the treasury account with %s XLM more to be sure.':
    'Füllen Sie zur Sicherheit %1 XLM mehr auf das Kassenkonto.',
  'The account wants a memo on every payment, and the employee has none: the money would reach somebody else there.':
    'Das Konto verlangt bei jeder Zahlung ein Memo, und die Person hat keines: Das Geld käme dort bei jemand anderem an.',
  'Ask the employee for the memo and enter it beside the address. The memo of the run does not count.':
    'Fragen Sie die Person nach dem Memo und tragen Sie es neben der Adresse ein. Das Memo des Laufs zählt nicht.',
  'The trustline of the destination has room for %s %s only.': 'Die Trustline des Zielkontos hat nur Platz für %1 %2.',
  'Ask the employee to raise the limit of the trustline.':
    'Bitten Sie die Person, die Grenze der Trustline zu erhöhen.',
  'The destination account does not exist, and the amount is less than a new account must hold.':
    'Das Zielkonto gibt es nicht, und der Betrag ist kleiner als das, was ein neues Konto halten muss.',
  'Ask the employee to fund the account, or pay at least 1 XLM.':
    'Bitten Sie die Person, das Konto zu füllen, oder zahlen Sie mindestens 1 XLM.',
  'Ask the employee to add a trustline for the asset.':
    'Bitten Sie die Person, eine Trustline für das Asset hinzuzufügen.',
  'The issuer has not authorized the destination to hold this asset, or has frozen it.':
    'Der Emittent hat dem Zielkonto dieses Asset nicht erlaubt oder es eingefroren.',
  'Ask the issuer of the asset to authorize the account.':
    'Bitten Sie den Emittenten des Assets, das Konto zuzulassen.',
  'Add the trustline to the treasury account and fund it.':
    'Fügen Sie dem Kassenkonto die Trustline hinzu und füllen Sie es.',
  'The issuer has not authorized the treasury account to send this asset.':
    'Der Emittent hat dem Kassenkonto nicht erlaubt, dieses Asset zu senden.',
  'Ask the issuer of the asset.': 'Fragen Sie den Emittenten des Assets.',
  'The account cannot take the asset yet: the amount is set aside on the ledger until the employee claims it.':
    'Das Konto kann das Asset noch nicht annehmen: Der Betrag wird im Ledger hinterlegt, bis die Person ihn abholt.',
  'Ask the employee to add a trustline for the asset and to claim the amount. The run says after how many days the organization may take it back.':
    'Bitten Sie die Person, eine Trustline hinzuzufügen und den Betrag abzuholen. Der Lauf sagt, nach wie vielen Tagen die Organisation ihn zurücknehmen darf.',
  'The named signers of the treasury account weigh %s together, and a payment needs %s.':
    'Die genannten Unterzeichner des Kassenkontos wiegen zusammen %1, und eine Zahlung braucht %2.',
  'Name more of its signers, or give them more weight on the ledger.':
    'Nennen Sie mehr Unterzeichner, oder geben Sie ihnen im Ledger mehr Gewicht.',
  'The channel account %s can spend %s XLM, and its part of the fees takes up to %s: it is short by %s XLM.':
    'Das Kanalkonto %1 kann %2 XLM ausgeben, und sein Teil der Gebühren kostet bis zu %3: Es fehlen %4 XLM.',
  'Send it %s XLM. When it has nothing left, the other channel accounts pay, or the treasury account by its own numbers.':
    'Senden Sie ihm %1 XLM. Hat es nichts mehr, zahlen die anderen Kanalkonten oder das Kassenkonto selbst.',
  'The channel account %s was not read from the ledger.': 'Das Kanalkonto %1 wurde im Ledger nicht gelesen.',
  'Ask for another report. When it cannot be used, the other channel accounts pay, or the treasury account by its own numbers.':
    'Fordern Sie einen neuen Bericht an. Ist es nicht zu verwenden, zahlen die anderen Kanalkonten oder das Kassenkonto selbst.',
  'The channel account %s cannot be used: %s.': 'Das Kanalkonto %1 kann nicht verwendet werden: %2.',
  'Mend or remove it. Until then the other channel accounts pay, or the treasury account by its own numbers.':
    'Bringen Sie es in Ordnung, oder entfernen Sie es. Bis dahin zahlen die anderen Kanalkonten, oder das Kassenkonto selbst.',
  'No worker has the key of the treasury account.': 'Kein Arbeiter hat den Schlüssel des Kassenkontos.',
  'Add the key to the secrets of payroll-disburse.':
    'Der Betreiber muss den Schlüssel in den Geheimnissen von payroll-disburse hinterlegen.',
  'The key of the treasury account has the weight %s, and a payment needs %s.':
    'Der Schlüssel des Kassenkontos wiegt %1, und eine Zahlung braucht %2.',
  'Give the key more weight, or lower the medium threshold of the account.':
    'Geben Sie dem Schlüssel mehr Gewicht, oder senken Sie die mittlere Schwelle des Kontos.',
  'The organization has several treasury accounts, and the report was asked for without naming one.':
    'Die Organisation hat mehrere Kassenkonten, und keines wurde genannt.',
  'Name the account to pay from and ask for another report.':
    'Wählen Sie das Konto, aus dem gezahlt wird, und fragen Sie noch einmal.',
  'Payments from the treasury account are held until people have looked at one of them.':
    'Zahlungen aus dem Kassenkonto sind angehalten, bis jemand eine davon angesehen hat.',
  'The doctor says which payment and what to do.':
    'Auf der ersten Seite steht, welche Zahlung es ist und was zu tun ist.',
  'The organization has no treasury account to pay from.':
    'Die Organisation hat kein Kassenkonto, aus dem sie zahlen kann.',
  'Ask the operator of this PayD project to enroll one.':
    'Bitten Sie den Betreiber dieses PayD-Projekts, eines einzutragen.',
  'The treasury account does not exist on this network.': 'Das Kassenkonto gibt es in diesem Netz nicht.',
  'Create and fund it.': 'Legen Sie es an und füllen Sie es.',
  'The treasury account was not read from the ledger.': 'Das Kassenkonto wurde nicht aus dem Ledger gelesen.',
  'Ask for another report.': 'Fragen Sie noch einmal.',
  'The treasury can spend %s %s and needs %s: it is short by %s %s.':
    'Die Kasse kann %1 %2 ausgeben und braucht %3: Es fehlen %4 %5.',
  'Fund the treasury account with at least that amount.': 'Füllen Sie mindestens diesen Betrag auf das Kassenkonto.',
  'The treasury can spend %s XLM and needs %s for fees and reserves: it is short by %s XLM.':
    'Die Kasse kann %1 XLM ausgeben und braucht %2 für Gebühren und Reserven: Es fehlen %3 XLM.',
  'Fund the treasury account with at least that amount of XLM.':
    'Füllen Sie mindestens diesen Betrag an XLM auf das Kassenkonto.',
  'Another employee of the run is paid at the same address with the same memo.':
    'Eine andere Person des Laufs wird an dieselbe Adresse mit demselben Memo bezahlt.',
  'If it is one person, remove one of the two.': 'Ist es eine Person, nehmen Sie eine der beiden heraus.',
}
