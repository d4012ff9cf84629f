import { plainHeader } from './plain-header.ts';

/** What a word of a column's name does to the meaning of the name. */
export type WordRole =
  | 'email'
  | 'phone'
  | 'country'
  | 'hash'
  /** An e-mail address and its hash in one word. */
  | 'hem'
  /** Says that the column counts or names people: id, number, key. */
  | 'id'
  | 'number'
  /** Whom the id belongs to; beside a contact word it changes nothing. */
  | 'person'
  /** May stand beside the word that names the kind and does not change it. */
  | 'companion'
  /** Makes the column something else: somebody else's address, a date, a choice, a fact about the address. */
  | 'other'
  /** As above, but only beside a contact word; alone it says nothing. */
  | 'other_beside';

// prettier-ignore
const lists: Readonly<Partial<Record<WordRole, string>>> = {
  email: `email emails mail mails courriel courriels correo correio epost eposta emailova emailadresse mailadresse
    messagerie poczta posta postaelettronica почта пошта ταχυδρομειο sahkoposti alamatemail メール eメール メールアドレス 邮箱 电子邮箱
    电子邮件 電子メール 이메일 อีเมล البريد דואר`,
  phone: `phone phones ph telephone telephones telefon telefono telefone tel tele tlf tfn tfno mobile mobiles mobil mobiel mob cell
    cells cellphone cellular celular cellulare movil movel telemovel handy gsm portable telefonnummer rufnummer telefoon telepon
    puhelin matkapuhelin whatsapp msisdn sms landline festnetz natel komorka mobiltelefon hp telefonico telefonica telefonu
    telefonszam telefonni thoai 電話 携帯 携帯電話 手机 电话 電話番号 휴대폰 전화 전화번호 телефон τηλεφωνο κινητο โทรศัพท์
    เบอร์โทรศัพท์ الهاتف طلفون טלפון`,
  country: `country countries cntry ctry land landes laender pays pais paese nazione kraj kraju ulke maa zeme orszag tara
    lands negara страна країна 国 国家 国名 국가 χωρα`,
  hash: `hashed hash hashes sha256 sha1 sha 256 sha2 hex encrypted md5 gehasht hache hachee hasheado cifrado`,
  hem: 'hem hems',
  id: 'id ids uuid guid identifier kennung identifiant identificador identyfikator identificativo',
  number: `number numbers numero num no nr n nummer numer key code codigo codice cod cislo szam numarasi kod cd
    番号 编号 번호 コード nomor номер`,
  person: `external extern externe externo externa user users utente usuario benutzer gebruiker customer customers cust
    kunde kunden kund klant klanten client clients cliente clientes klient klienta zakaznika asiakas ugyfel musteri pelanggan
    клиента 顧客 客户 고객 ユーザー 用户 member members membership mitglied mitglieds medlem medlems lid socio adherent loyalty
    会員 회원 contact contacts kontakt contacto contatto crm person people personne subscriber subscribers recipient prospect
    guest patient student supporter donor voter respondent attendee invitee buyer requester passenger pax traveller tenant candidate constituent learner employee aluno alumno eleve schuler
    record registro datensatz distinct lead profile account login`,
  companion: `address addresses addr adresse adresses adress adres adresa alamat direccion endereco indirizzo cim アドレス 주소
    primary preferred main default first second third secondary secondaria secondaire other additional alternate alternative alt extra
    work business office company home private personal personnel professionnel daytime evening direct day car
    billing shipping ship mailing delivery rechnung liefer iso iso2 alpha2 region residence residencia residenza livraison
    geschaeftlich geschaftlich privat prive dienstlich principal beruflich thuis casa hem domicile fixe fijo fisso fixo
    vast stacjonarny stacjonarnego komorkowy komorkowego kom cell mobilny de do di da del della du des of the my your our and
    e et und y or der die le la el d s o и electronico electronica eletronico elettronica electronique elektroniczna
    elektronisk ηλεκτρονικο электронная електронна elektroniczny الإلكتروني אלקטרוני נייד мобильный мобільний
    lower lowercase lc upper uppercase normalized normalised clean unique e164 plain text str txt in
    international format full calculated p t お ご 自宅 会社 勤務先 確認用 直通 联系 联系人 号码 号 码 휴대 pc so dien رقم เบอร์
    traits attributes properties`,
};

/** Words by which a column is something else, by reason, in the languages of the exports. */
// prettier-ignore
const otherWords = `
  owner owners owned manager rep representative agent agents agency assistant asst assistent assigned assignee kontaktperson salesman salesmen recruiter instructor trainer professor profesor lehrer enseignant advisor adviser created creator modified
  updated by seller salesperson sales csm host organizer support emergency spouse guardian parent parents referrer
  referred referral teacher provider staff vendor merchant supplier sender reply bcc sibling relative verkaufer vermittler
  betreuer mitarbeiter notfall noodcontact verkoper vendeur conjoint urgence vendedor emergencia responsavel venditore
  opiekuna opiekun saljare saljarens 担当者 担当 緊急 緊急連絡先 配偶者 保護者 proprietario propietario zustandiger
  fax telefax telecopie telecopieur faks fakssi ファックス ファクス 传真 pager telex isdn
  opt optin optout opted consent consentement consentimento consentimiento consenso zgoda einwilligung subscribed subscribe
  subscription unsubscribed unsubscribe newsletter marketing accepts accept acepta aceita allow allowed permission preference
  agree suppressed suppression suppressions blocklisted blacklist quarantined spam contactable verified verify
  confirmed confirmation valid invalid validation validated bounced bounce bounces status score rating
  label count counts total totals sum amount montant betrag wartosc valor price spend spent revenue balance
  domain domains carrier model os version browser device extension ext poste intern 内線 内線番号 template subject
  message messages frequency language locale clicked opened open opens clicks received sent delivered read permitted erlaubt
  メルマガ 配信 可否 送信 ステータス 希望 werbung comercial salted salt row checksum password
  date datum fecha dato time timestamp tiempo zeit stamp unix epoch since last letzte letzten letzter dernier derniere ultimo
  ultima ostatni ostatniego senaste laatste when 最終 日時 birth birthday naissance nacimiento nascita geburt
  zip zipcode postal postcode postnummer postnr postleitzahl plz pin psc 郵便番号 邮政编码 pocztowy postale
  order orders invoice transaction ticket booking reservation receipt tracking shipment serial sku gtin ean isbn upc barcode
  bestellnummer ordernummer bestellung commande pedido ordine encomenda zamowienia 注文 注文番号 订单 订单编号 주문 주문번호
  vat tax ssn siret siren iban bic routing iva nif cif ust steuernummer personnummer organisationsnummer pesel nip
  regon cpf cnpj rfc passport license imei imsi iccid npi mrn
  ip latitude longitude lat lng lon coordinates geo inferred issue issuing origin reference ref session sessions calls call
  url website`;

/** Prefixes, prepositions and short words that mean something only beside a contact word. */
const besideWords =
  'partner data to at on is has have do does may we us not vor nach pro use log history app cc list lists campaign label type typ';

const dictionary: ReadonlyMap<string, WordRole> = buildDictionary();

function buildDictionary(): Map<string, WordRole> {
  const found = new Map<string, WordRole>();
  const add = (role: WordRole, text: string): void => {
    for (const word of text.split(/\s+/)) if (word !== '') found.set(plainHeader(word), role);
  };
  add('other_beside', besideWords);
  add('other', otherWords);
  for (const role of [
    'companion',
    'person',
    'number',
    'id',
    'hash',
    'country',
    'phone',
    'email',
    'hem',
  ] as const)
    add(role, lists[role] ?? '');
  return found;
}

/** What the plain word does; undefined for a word that is not known. */
export function roleOfWord(word: string): WordRole | undefined {
  return dictionary.get(word);
}

/** Longest word of the dictionary, a bound for whoever looks for words inside of words. */
export const wordLengthMax = Math.max(...[...dictionary.keys()].map((word) => word.length));

/** Persons in the order in which their ids are preferred: an external id before a lead's. */
export const personOrder: readonly string[] = (lists.person ?? '').split(/\s+/).map(plainHeader);
