/** Why a text is no phone number that could be hashed. */
const phoneReasons: readonly string[] = [
  'empty',
  'too_short',
  'too_long',
  'no_country',
  'placeholder',
  'date',
  'spoilt',
  'letters',
  'several',
  'not_a_number',
];

/** A written number, the country of its file, and its E.164 form or why it has none. */
export interface PhoneRow {
  readonly country: string | undefined;
  readonly text: string;
  /** E.164, or one of `phoneReasons`. */
  readonly expected: string;
}

/**
 * `COUNTRY | TEXT | EXPECTED`, `-` where no country is known. The truth is ITU-T E.164 and the national plans as
 * libphonenumber has them. Where those leave a choice, a line that begins with # says what was decided.
 */
const table = String.raw`
# The ordinary spellings of each country: national, with the trunk digit, international
US | (206) 555-0142       | +12065550142
US | 206-555-0142         | +12065550142
US | 206.555.0142         | +12065550142
US | 206 555 0142         | +12065550142
US | 2065550142           | +12065550142
US | 1-206-555-0142       | +12065550142
US | 12065550142          | +12065550142
US | +1 (206) 555-0142    | +12065550142
US | 206/555/0142         | +12065550142
US | [206] 555-0142       | +12065550142
CA | (416) 555-0187       | +14165550187
CA | 1 604 555 0101       | +16045550101
JM | 876-555-0142         | +18765550142
JM | 1 876 555 0142       | +18765550142
GB | 020 7946 0018        | +442079460018
GB | (020) 7946 0018      | +442079460018
GB | 07700 900123         | +447700900123
GB | 7700900123           | +447700900123
GB | 447700900123         | +447700900123
GB | +44 (0)1632 960456   | +441632960456
IE | 020 912 4455         | +353209124455
IE | 085 555 0142         | +353855550142
DE | 030 23125678         | +493023125678
DE | 030/23125678         | +493023125678
DE | 030 / 231 256 78     | +493023125678
DE | 0151 55501234        | +4915155501234
DE | 0171-5550199         | +491715550199
DE | +49 (0)89 99998123   | +498999998123
DE | 0049 89 99998123     | +498999998123
DE | 4915155501234        | +4915155501234
DE | 491715550199         | +491715550199
AT | 0664 5550142         | +436645550142
AT | 01 5550142           | +4315550142
AT | 436645550142         | +436645550142
CH | 044 555 01 42        | +41445550142
CH | 079 555 01 01        | +41795550101
CH | +41 (0)79 555 01 01  | +41795550101
FR | 06 39 98 12 34       | +33639981234
FR | 01.99.00.56.78       | +33199005678
FR | 0639981234           | +33639981234
FR | 639981234            | +33639981234
FR | 33639981234          | +33639981234
FR | +33 (0) 6 39 98 12 34 | +33639981234
FR | +33 06 39 98 12 34   | +33639981234
BE | 0470 55 01 42        | +32470550142
BE | 02/555.01.42         | +3225550142
NL | 06-55501234          | +31655501234
NL | 020 555 0187         | +31205550187
NL | 31655501234          | +31655501234
LU | 621 555 014          | +352621555014
ES | 612 555 012          | +34612555012
ES | 91 255 50 34         | +34912555034
ES | 34612555012          | +34612555012
PT | 912 555 018          | +351912555018
PT | 21 555 0134          | +351215550134
IT | 347 555 0198         | +393475550198
IT | 06 5550 1234         | +390655501234
IT | 0039 347 5550198     | +393475550198
DK | 20 55 01 42          | +4520550142
DK | 20-55-01-42          | +4520550142
NO | 405 50 142           | +4740550142
SE | 070-174 06 05        | +46701740605
SE | 08-465 004 12        | +46846500412
FI | 040 555 0142         | +358405550142
PL | 601 555 019          | +48601555019
PL | 22 555 01 87         | +48225550187
CZ | 601 555 014          | +420601555014
SK | 0905 555 014         | +421905555014
HU | 06 20 555 0187       | +36205550187
RO | 0721 555 014         | +40721555014
BG | 087 555 0142         | +359875550142
GR | 694 555 0142         | +306945550142
GR | 210 555 0142         | +302105550142
TR | 0532 555 01 42       | +905325550142
UA | 067 555 01 42        | +380675550142
RU | 8 (916) 555-01-87    | +79165550187
RU | +7 495 555-01-42     | +74955550142
KZ | 8 701 555 0142       | +77015550142
IL | 050-555-0142         | +972505550142
AE | 050 555 0142         | +971505550142
SA | 055 555 0142         | +966555550142
EG | 010 1555 0142        | +201015550142
ZA | 082 555 0142         | +27825550142
NG | 0803 555 0142        | +2348035550142
KE | 0712 555014          | +254712555014
IN | 98765 43210          | +919876543210
IN | 098765 43211         | +919876543211
IN | 919876543211         | +919876543211
PK | 0301 5550142         | +923015550142
CN | 138 5550 1420        | +8613855501420
CN | 010-5555 0142        | +861055550142
HK | 5555 0142            | +85255550142
TW | 0912 555 014         | +886912555014
JP | 090-5550-1234        | +819055501234
JP | 03-5550-0187         | +81355500187
JP | 819055501234         | +819055501234
KR | 010-5550-1420        | +821055501420
SG | 9155 5014            | +6591555014
MY | 012-555 0142         | +60125550142
TH | 081 555 0142         | +66815550142
VN | 091 555 0142         | +84915550142
ID | 0812-5550-1420       | +6281255501420
ID | 6281255501420        | +6281255501420
PH | 0917 555 0142        | +639175550142
AU | 0491 570 156         | +61491570156
AU | (02) 5550 1234       | +61255501234
NZ | 021 555 0142         | +64215550142
MX | 55 5555 0142         | +525555550142
BR | (11) 95550-0198      | +5511955500198
BR | 011 95550-0198       | +5511955500198
BR | 5511955500198        | +5511955500198
AR | 011 5555-0142        | +541155550142
AR | 011 15 5555 0142     | +5491155550142
CL | 9 5555 0142          | +56955550142
CO | 310 555 0142         | +573105550142
PE | 955 550 142          | +51955550142

# Prefixes of international numbers: 00, and what else a country dials
-  | 0044 20 7946 0018    | +442079460018
DE | 0044 20 7946 0018    | +442079460018
FR | 00 1 206 555 0142    | +12065550142
US | 011 44 20 7946 0018  | +442079460018
AU | 0011 44 20 7946 0018 | +442079460018
JP | 010 44 20 7946 0018  | +442079460018
RU | 8 10 44 20 7946 0018 | +442079460018
# No calling code begins with 0, so doubled prefixes can mean one thing only
-  | +0044 20 7946 0018   | +442079460018
-  | 00+44 20 7946 0018   | +442079460018
-  | ++44 20 7946 0018    | +442079460018

# The trunk zero in brackets falls away, in countries without one too; in Italy it is part of the number
-  | +44 (0)20 7946 0018  | +442079460018
DE | 0044 (0)20 7946 0018 | +442079460018
-  | +44 0 20 7946 0018   | +442079460018
-  | +420 (0)601 555 014  | +420601555014
-  | +48 (0)601 555 019   | +48601555019
-  | +34 (0)612 555 012   | +34612555012
-  | +39 (0)6 5550 1234   | +390655501234
-  | +55 (0)11 95550-0198 | +5511955500198

# Mexico: the 1 of mobile numbers and the prefixes 01, 044 and 045 ended in 2019
-  | +52 1 55 5555 0142   | +525555550142
-  | +52 55 5555 0142     | +525555550142
MX | 044 55 5555 0142     | +525555550142
MX | 045 33 5555 0142     | +523355550142
MX | 01 55 5555 0142      | +525555550142
# Argentina: the 9 of mobile numbers stays
-  | +54 9 11 5555-0142   | +5491155550142

# Extensions are dropped
US | 206-555-0142 x12     | +12065550142
US | 206-555-0142x4401    | +12065550142
US | (312) 555-0187 ext. 4401 | +13125550187
US | 415-555-0101 #7      | +14155550101
US | 206-555-0142 extension 9 | +12065550142
-  | +44 20 7946 0018;ext=12 | +442079460018
GB | 020 7946 0018 ext 12 | +442079460018

# What exports put around a number
-  | '+12065550142        | +12065550142
-  | tel:+12065550142     | +12065550142
-  | p:+12065550142       | +12065550142
US | home: 206-555-0142   | +12065550142
US | 206-555-0142 (home)  | +12065550142
DE | Tel. 030 23125678    | +493023125678
-  | (+44) 20 7946 0018   | +442079460018
-  | + 44 20 7946 0018    | +442079460018
-  | +44–20–7946–0018     | +442079460018
# A float was a whole number once; the digit after its point is none of the phone's
US | 2065550142.0         | +12065550142
-  | +4915155501234.0     | +4915155501234
DE | 4915155501234.0      | +4915155501234

# Digits of other scripts
JP | ０９０－５５５０－１２３４ | +819055501234
-  | ＋４４ ２０ ７９４６ ００１８ | +442079460018
AE | ٠٥٠٥٥٥٠١٤٢           | +971505550142
IR | ۰۹۱۲۵۵۵۰۱۴۲          | +989125550142

# Service numbers count when their length is possible: they match nobody and harm nobody
US | 900-555-0142         | +19005550142
US | 1-800-356-9377       | +18003569377
DE | 0900 1234 567        | +499001234567
-  | +800 2255 0142       | +80022550142
-  | +882 16 5555 0142    | +8821655550142
# Short codes and emergency numbers do not
US | 911                  | too_short
DE | 110                  | too_short
GB | 999                  | placeholder
US | 72404                | too_short

# Without a country nothing tells whose number it is; another country's code without a plus is not guessed
-  | 206-555-0142         | no_country
-  | 020 7946 0018        | no_country
-  | 442079460018         | no_country
ZZ | 206-555-0142         | no_country
US | 447700900123         | too_long

# Lengths
US | 555-0142             | too_short
US | 12345                | too_short
-  | +1 206 555           | too_short
-  | +44 123              | too_short
US | 206-555-01422        | too_long
FR | 06 39 98 12 34 56    | too_long
-  | +44 20 7946 0018 1234 5678 | too_long
-  | +999 12345678        | not_a_number

# Placeholders. Upwards from 1 is one; 98765 43210 above is a mobile number of India
US | 0000000000           | placeholder
US | 000-000-0000         | placeholder
US | 1111111111           | placeholder
US | 1234567890           | placeholder
US | 999-999-9999         | placeholder
US | 555-555-5555         | placeholder
GB | 01234 567890         | placeholder
FR | 01 23 45 67 89       | placeholder
DE | 0123456789           | placeholder
DE | 12345678             | placeholder
IN | 1234567890           | placeholder
-  | +11111111111         | placeholder
-  | +1234567890          | too_short

# Dates are shared by strangers
DE | 31.01.1990           | date
DE | 31-01-1990           | date
GB | 01/02/1990           | date
US | 12/31/2024           | date
DE | 1990-01-31           | date
DK | 1-2-1990             | date

# Letters are not translated; numbers that a spreadsheet has spoilt are not guessed
US | 1-800-FLOWERS        | letters
-  | +1-800-FLOWERS       | letters
US | 206 555 01l2         | letters
US | 2.06556E+09          | spoilt
DE | 4,91511E+12          | spoilt

# Several numbers are taken apart where cells are read, not here
US | 206-555-0142; 312-555-0187      | several
US | 206-555-0142 / 312-555-0187     | several
US | (206) 555-0142 or (312) 555-0187 | several
-  | +1 206 555 0142 +1 312 555 0187 | several
US | 2065550142 3125550187           | several

# Nothing
US |                      | empty
US | 0                    | empty
US | null                 | not_a_number
US | n/a                  | not_a_number
US | ada@example.com      | not_a_number
US | 192.0.2.14           | not_a_number
US | ask reception        | not_a_number
US | +                    | not_a_number
`;

export const phoneTable: readonly PhoneRow[] = table
  .split('\n')
  .filter((line) => line.includes('|') && !line.startsWith('#'))
  .map(readRow);

function readRow(line: string): PhoneRow {
  const [country, text, expected] = line.split('|').map((cell) => cell.trim());
  if (country === undefined || text === undefined || expected === undefined || !isExpected(expected))
    throw new Error(`the table of phones has a line that is no row: ${line}`);
  return { country: country === '-' ? undefined : country, text, expected };
}

function isExpected(text: string): boolean {
  return /^\+\d{7,15}$/.test(text) || phoneReasons.includes(text);
}
