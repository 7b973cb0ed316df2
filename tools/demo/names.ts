// Accents, quotes, apostrophes and commas are here on purpose: real payrolls have them, and a file format that loses one
// pays the right person under the wrong name. Each pair holds given and family names of one part of the world.
const POOLS: readonly (readonly [given: string, family: string])[] = [
  ['Amélie; Zoé; Jérôme; Éloïse; François; Hélène', 'Lefèvre; Dubois; Bélanger; Côté; D’Aubigné; Noël'],
  ['Íñigo; María José; Begoña; Ángel; Lucía; Joaquín', 'Muñoz; Ibáñez; García Márquez; Núñez; Peña; Zúñiga'],
  ['Björn; Åsa; Göran; Märta; Søren; Astrid', 'Lindström; Sjöberg; Ångström; Ødegård; Bjørnstad; Håkansson'],
  ['Jürgen; Käthe; Änne; Götz; Lieselotte; Matthäus', 'Müller; Weiß; Schröder; Jäger; Groß; von der Höhe'],
  [
    'Łukasz; Małgorzata; Bożena; Stanisław; Zofia; Grażyna',
    'Wójcik; Kowalczyk; Żukowski; Dąbrowska; Łapiński; Gołębiewski',
  ],
  ['João; Conceição; Inês; Luís; Fátima; Thiago', 'Araújo; Magalhães; Simões; Conceição; Guimarães; da Silva'],
  [
    'Siobhán; Ciarán; Niamh; Pádraig; Aoife; Seán',
    "O'Brien; O'Connor; Ní Dhomhnaill; MacÉibhir; O'Shaughnessy; Ó Briain",
  ],
  ['Nguyễn; Thị Hương; Đức; Quỳnh; Thuỳ Dương; Minh', 'Trần; Phạm; Đặng; Huỳnh; Vũ; Lê'],
  ['Ayşe; İbrahim; Gülşen; Özgür; Çağla; Şule', 'Yılmaz; Öztürk; Çelik; Şahin; Güneş; Doğan'],
  ['Jiří; Vojtěch; Zdeněk; Božena; Květa; Ondřej', 'Novák; Dvořáková; Růžička; Příhoda; Čermák; Šťastný'],
  ['Ștefan; Ioana; Răzvan; Mihaela; Bogdan; Ileana', 'Popescu; Țurcanu; Bălan; Ionescu; Șerban; Vlădescu'],
  ['Gergő; Zsófia; Árpád; Ilona; Örs; Ágnes', 'Kovács; Szőke; Nagy; Török; Fehér; Győri'],
  ['Chidi; Ngozi; Oluwaseun; Amina; Tunde; Adaeze', 'Okonkwo; Adébáyò; Eze; Balogun; Ògúnlẹ́yẹ; Nwosu'],
  ['Wanjiru; Otieno; Akinyi; Kiprono; Naliaka; Mutua', 'Kamau; Odhiambo; Wambui; Cheruiyot; Ngũgĩ; Mwangi'],
  ['Thandiwe; Sipho; Nomvula; Pieter; Lindiwe; Johan', 'Dlamini; van der Merwe; Nkosi; Botha; Khumalo; du Plessis'],
  ['Priya; Arjun; Lakshmi; Rohan; Ananya; Vikram', 'Iyer; Sharma; Krishnamurthy; Patel; Banerjee; Reddy'],
  ['Yuki; Haruto; Sakura; Kenji; Aiko; Takeshi', 'Tanaka; Watanabe; Kobayashi; Saitō; Ōtani; Yamamoto'],
  ['Ji-woo; Min-jun; Seo-yeon; Hyun-woo; Ha-eun; Do-yun', 'Kim; Park; Choi; Jeong; Kang; Yoon'],
  ['Wei; Xiùyīng; Lěi; Nà; Jiànguó; Fāng', 'Wáng; Lǐ; Zhāng; Liú; Chén; Lǚ'],
  ['Fatima; Youssef; Layla; Omar; Nour; Karim', "El Amrani; Ben Ali; Haddad; Al-Masri; Bouazizi; N'Diaye"],
  ['Olena; Taras; Solomiia; Bohdan; Iryna; Danylo', 'Shevchenko; Kovalenko; Bondarenko; Tkachuk; Lysenko; Melnyk'],
  [
    'Eleni; Giorgos; Katerina; Nikos; Despina; Yannis',
    'Papadopoulos; Georgiou; Konstantinidis; Nikolaidis; Vassiliou; Makris',
  ],
  ['Giulia; Niccolò; Chiara; Matteo; Nicolò; Alessia', "D'Angelo; Dell'Acqua; Rossi; Forlì; Esposito; De Luca"],
  ['Grace; Oliver; Ada; Jack; Ruby; Harry', 'Smith-Jones; Taylor; Lovelace; MacDonald, Jr.; Fitzgerald; Wright'],
  [
    'Robert “Bob”; Mary Ann; James "Jim"; Patricia; Miguel; Savannah',
    'Johnson; Davis, Jr.; St. Clair; Washington; King, III; Garcia',
  ],
  ['Kalani; Aroha; Tāne; Leilani; Ngaio; Sione', "Kealoha; Tūhoe; Ka'ahumanu; Parata; Tupou; Te Rangi"],
]

const NAMES = POOLS.map(([given, family]) => ({ given: given.split('; '), family: family.split('; ') }))

/** Walking the pools by a step without a common divisor visits all of them, and neighbours come from different parts of the world. */
const POOL_STEP = 11

/** The name of person number `index`. The first 900 people all have different names. */
export function nameOf(index: number): { first: string; last: string } {
  const pool = itemAt(NAMES, index * POOL_STEP)
  const round = Math.floor(index / NAMES.length)
  const { given, family } = pool
  // Given names turn with every visit, and family names turn once more whenever all given names were used.
  return { first: itemAt(given, round), last: itemAt(family, round + Math.floor(round / given.length)) }
}

/** The item at a place, counted around the list. */
export function itemAt<Item>(items: readonly Item[], place: number): Item {
  const item = items[place % items.length]
  if (item === undefined) throw new RangeError('An empty list has no items.')
  return item
}

/** Letters that have no accent to remove. */
const PLAIN: Readonly<Record<string, string>> = { ß: 'ss', ø: 'o', ł: 'l', đ: 'd', ı: 'i', æ: 'ae' }

/** The part of an e-mail address before the "@", made from a name. */
export function mailboxOf(first: string, last: string): string {
  const plain = (name: string): string =>
    name
      .toLowerCase()
      .replace(/[ßøłđıæ]/g, (letter) => PLAIN[letter] ?? letter)
      .normalize('NFD')
      .replace(/[\p{M}'’]/gu, '')
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-|-$/g, '')
  return `${plain(first)}.${plain(last)}`
}
