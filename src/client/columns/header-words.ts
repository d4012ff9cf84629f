import type { ColumnKind } from './kinds.ts';

const words = (text: string): readonly string[] => text.split(/\s+/).filter((word) => word !== '');

/**
 * Whole names of id columns, best first: of several id columns in a file the first in this list wins.
 * They are the names that CRM and shop exports use, in several languages, without case, spaces and accents.
 */
const idNames = words(`
  externalid userid customerid memberid contactid clientid crmid personid subscriberid recordid recordidcontact
  leadid profileid klaviyoid shopifycustomerid customernumber customerno membernumber loyaltyid uid kundennummer kundenid
  kundennr mitgliedsnummer benutzerid idclient numeroclient codeclient identifiantclient idcliente numerocliente
  codigocliente clienteid idusuario idutente codicecliente klantnummer klantid kundnummer idklienta
  顧客id 顧客番号 会員番号 会員id ユーザーid 客户编号 用户id guid id
`);

const wholeNames: ReadonlyMap<string, ColumnKind> = new Map<string, ColumnKind>([
  ...idNames.map((name) => [name, 'id'] as const),
  ...words(`maid maids idfa gaid aaid adid madid mobileadid mobileadvertisingid advertisingid
    googleadvertisingid appleadvertisingid deviceadvertisingid`).map((name) => [name, 'maid'] as const),
  ...words('uid2 uid2id uid2token rawuid2').map((name) => [name, 'uid2'] as const),
  ...words('rampid rampids liveramprampid idl').map((name) => [name, 'rampid'] as const),
  ...words('id5 id5id universalid5').map((name) => [name, 'id5'] as const),
  ...words('euid euidtoken raweuid').map((name) => [name, 'euid'] as const),
  ...words('pairid pairids pair').map((name) => [name, 'pairid'] as const),
]);

const emailWords: ReadonlySet<string> = new Set(
  words(
    'email emails mail mails emailaddress mailaddress courriel correo mailadresse emailadresse e-mail epost eposta メール メールアドレス 邮箱 电子邮件 이메일',
  ),
);
const phoneWords: ReadonlySet<string> = new Set(
  words(`phone phones telephone telefon telefono telefone tel mobile mobil cell cellphone cellular celular movil handy
    gsm portable telefonnummer phonenumber mobilephone mobilnummer handynummer rufnummer telefoonnummer telefoon puhelin
    whatsapp msisdn sms 電話 電話番号 携帯 携帯電話 手机 手机号 电话 전화번호`),
);
const countryWords: ReadonlySet<string> = new Set(
  words(
    'country countrycode countryregion land landescode laendercode pays pais paese kraj ulke maa 国 国名 国家 국가',
  ),
);
const hashWords: ReadonlySet<string> = new Set(
  words('hashed hash sha256 sha 256 hex hem encrypted gehasht hache'),
);
/** Words that may stand beside the word that names the kind and do not change it. */
const companions: ReadonlySet<string> = new Set(
  words(`address adresse adress direccion endereco indirizzo adres number nummer numero num no nr code iso
    primary main default first second secondary other additional alternate alternative alt extra
    work business office company home private personal contact customer client user member subscriber account
    billing shipping mailing default geschaeftlich privat principal de do di del electronico electronica elettronica
    electronique number1 e the of my lower lowercase normalized normalised clean region`),
);

/** What a header alone says about its column; null when it says nothing. */
export function kindOfHeader(header: string): ColumnKind | null {
  const key = keyOfHeader(header);
  const parts = wordsOfHeader(header);
  const whole = wholeNames.get(key) ?? wholeNames.get(key.replace(/\d{1,2}$/, ''));
  if (whole !== undefined) return whole;
  if (emailWords.has(key)) return 'email';
  if (phoneWords.has(key)) return 'phone';
  if (countryWords.has(key)) return 'country';
  const isHashed = parts.some((word) => hashWords.has(word));
  const rest = parts.filter((word) => !hashWords.has(word) && !companions.has(word));
  if (rest.length === 0) return null;
  if (rest.every((word) => emailWords.has(word))) return isHashed ? 'hashed_email' : 'email';
  if (rest.every((word) => phoneWords.has(word))) return isHashed ? 'hashed_phone' : 'phone';
  if (!isHashed && rest.length === 1 && countryWords.has(rest[0]!)) return 'country';
  return null;
}

/** The place of an id column's name among those known: lower is better. */
export function idRank(header: string): number {
  const place = idNames.indexOf(keyOfHeader(header));
  return place === -1 ? idNames.length : place;
}

/** Letters and digits only, without case and accents. */
function keyOfHeader(header: string): string {
  return plain(header).replace(/[^\p{L}\p{N}]/gu, '');
}

/** `Work E-mail (2)` → work, email; `customerEmail` → customer, email. Counters of one or two digits fall away. */
function wordsOfHeader(header: string): readonly string[] {
  const spaced = header.replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2');
  return plain(spaced)
    .replace(/\be[\s_-]mail/g, 'email')
    .split(/[^\p{L}\p{N}]+/u)
    .map((word) => (hashWords.has(word) ? word : word.replace(/\d{1,2}$/, '')))
    .filter((word) => word !== '');
}

function plain(text: string): string {
  // Composing again keeps the marks that belong to a Japanese letter.
  return text
    .toLowerCase()
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .normalize('NFKC');
}

/** What a column's name says it holds; a lower rank is better among several ids. Undefined when it says nothing. */
export function meaningOfHeader(
  header: string,
): { readonly kind: ColumnKind; readonly rank: number } | undefined {
  const kind = kindOfHeader(header);
  return kind === null ? undefined : { kind, rank: kind === 'id' ? idRank(header) : 0 };
}
