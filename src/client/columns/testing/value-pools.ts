import { createHash } from 'node:crypto';

/**
 * Invented values for columns of fixtures. Addresses are in domains that nobody can own; numbers are from the
 * ranges that regulators keep for films, where there are any.
 */
const mails = ['ada.moss@example.com', 'b_lind@mail.test', 'Chen.Wei@example.org', 'd-ortiz@shop.example', 'eva@kunde.test']; // prettier-ignore

const digest = (name: string, text: string, encoding: 'hex' | 'base64'): string =>
  createHash(name).update(text).digest(encoding);
const digests = (name: string, encoding: 'hex' | 'base64'): string[] =>
  mails.map((mail) => digest(name, mail, encoding));
const written = (text: string): readonly string[] => text.split('|').map((value) => value.trim());

const pools: Readonly<Record<string, readonly string[]>> = {
  mail: mails,
  work: written(
    'moss@factory.example | lind@factory.example | wei@bureau.test | ortiz@bureau.test | eva@office.test',
  ),
  staff: written(
    'sam@seller.example | kim@seller.example | sam@seller.example | pat@seller.example | kim@seller.example',
  ),
  e164: written('+12065550142 | +447700900123 | +33639981234 | +493023125678 | +81312345678'),
  bare: written('12065550142 | 447700900123 | 33639981234 | 493023125678 | 4915155501234'),
  us: written('(206) 555-0142 | 312-555-0187 | 415.555.0101 | +1 646 555 0199 | 7025550133'),
  gb: written('020 7946 0018 | 07700 900123 | +44 1632 960456 | 0161 496 0789 | 07700900877'),
  de: written('030 23125678 | 0151/55501234 | +49 (0)89 99998123 | 0171-5550199 | 040/66969123'),
  fr: written('06 39 98 12 34 | 01 99 00 56 78 | +33 6 39 98 43 21 | 0353015678 | 02.61.91.34.56'),
  es: written('612 555 012 | 912 555 034 | +34 655 501 987 | 699555013 | 934-555-077'),
  it: written('347 555 0198 | 06 5550 1234 | +39 02 5550 9876 | 3335550177 | 348-5550112'),
  pt: written('912 555 018 | 21 555 0134 | +351 936 555 019 | 965550177 | 22 555 0112'),
  br: written('(11) 95550-0198 | 21 95550-1234 | +55 31 95550-9876 | (41) 3555-0177 | 11955500112'),
  nl: written('06-55501234 | 020 555 0187 | +31 6 5550 9876 | 0655501777 | 010-5550112'),
  pl: written('601 555 019 | 22 555 01 87 | +48 695 550 198 | 501555077 | 12 555-01-12'),
  se: written('070-174 06 05 | 08-465 004 12 | +46 70 174 06 33 | 0701740699 | 031-390 06 12'),
  jp: written('090-5550-1234 | 03-5550-0187 | 080-5550-9876 | 09055501777 | 06-5550-0112'),
  land: written('US | DE | FR | GB | JP'),
  first: written('Ada | Björn | Chen | Diego | Eva'),
  last: written('Moss | Lind | Wei | Ortiz | Novák'),
  name: written('Ada Moss | Björn Lind | Chen Wei | Diego Ortiz | Eva Novák'),
  city: written('Seattle | Malmö | Lyon | Porto | Kraków'),
  street: written('12 Hill Road | Ringvägen 7 | 3 rue du Lac | Hauptstr. 19a | Via Roma 4'),
  firm: written('Factory Ltd | Bureau GmbH | Atelier SARL | Taller SL | Fabryka'),
  title: written('Buyer | Engineer | CEO | Nurse | Designer'),
  day: written('2024-01-31 | 2023-11-05 | 2022-07-19 | 2024-03-02 | 2021-12-24'),
  dmy: written('31.01.2024 | 05.11.2023 | 19.07.2022 | 02.03.2024 | 24.12.2021'),
  mdy: written('01/31/2024 | 11/05/2023 | 7/19/2022 | 3/2/2024 | 12/24/2021'),
  stamp: written(
    '2024-01-31 08:15:22 | 2023-11-05 23:01:09 | 2022-07-19T10:00:00Z | 2024-03-02 00:00:00 | 2021-12-24T18:30:00Z',
  ),
  unix: written('1706688922 | 1699225269 | 1658224800 | 1709337600 | 1640370600'),
  millis: written('1706688922000 | 1699225269000 | 1658224800000 | 1709337600000 | 1640370600000'),
  yes: written('yes | no | no | yes | yes'),
  bool: written('true | false | true | true | false'),
  money: written('129.90 | 0.00 | 1045.50 | 77.00 | 12.99'),
  count: written('3 | 12 | 1 | 44 | 2'),
  zip: written('98101 | 10115 | 75002 | 02139 | 60601'),
  zip4: written('98101-1234 | 10001-0042 | 02139-4307 | 60601-1122 | 94105-7788'),
  ip: written('192.0.2.14 | 198.51.100.201 | 203.0.113.122 | 198.51.100.114 | 203.0.113.117'),
  geo: written('47.6062095 | 55.6049810 | 45.7640430 | 41.1579438 | 50.0646501'),
  tag: written('vip | newsletter | wholesale, vip | spring | lapsed'),
  num: written('10017 | 10018 | 10022 | 10023 | 10031'),
  long: written('7012345678901 | 7012345678917 | 7012345679004 | 7012345680113 | 7012345681222'),
  hs: written('51 | 1201 | 34851 | 201884351 | 201884352'),
  sf: written('0035g00000AbCdE | 0035g00000AbCdF | 0035g00000AbCdG | 0035g00000AbCdH | 0035g00000AbCdJ'),
  order: written('#1001 | #1002 | #1003 | #1004 | #1005'),
  uuid: mails.map((mail) => digest('sha256', mail, 'hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5')), // prettier-ignore
  sha: digests('sha256', 'hex'),
  shaUpper: digests('sha256', 'hex').map((hash) => hash.toUpperCase()),
  base64: digests('sha256', 'base64'),
  md5: digests('md5', 'hex'),
  sha1: digests('sha1', 'hex'),
  uid2: mails.map((mail) => digest('sha256', `uid2 ${mail}`, 'base64')),
  ramp: mails.map((mail) => `XY1000${digest('sha256', `ramp ${mail}`, 'base64').slice(0, 43)}`),
  id5: mails.map((mail) => `ID5*${digest('sha256', `id5 ${mail}`, 'base64').slice(0, 40)}`),
  url: written(
    'https://example.com/p/1 | https://example.com/p/2 | https://example.com/p/3 | https://example.com/p/4 | https://example.com/p/5',
  ),
  vat: written('DE123456789 | FR40303265045 | IT00743110157 | ESB12345674 | PL5260001246'),
  domain: written('example.com | mail.test | example.org | shop.example | kunde.test'),
  nil: ['', '', '', '', ''],
};

const valuesPerColumn = 4;

/**
 * Four values of the pool that the word names, from `offset` on. A `?` after the name leaves two of them blank.
 */
export function valuesOfPool(word: string, offset: number): string[] {
  const pool = pools[word.replace('?', '')];
  if (pool === undefined) throw new Error(`no pool is called ${word}`);
  const values = Array.from({ length: valuesPerColumn }, (_, i) => pool[(offset + i) % pool.length]!);
  return word.endsWith('?') ? values.map((value, i) => (i % 2 === 0 ? value : '')) : values;
}
