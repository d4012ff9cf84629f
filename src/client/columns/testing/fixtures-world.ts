/** Lists in Dutch, Polish, Swedish, Japanese and more languages. */
export const worldFixtures = `
# nl: CRM
  id      Klantnummer = 10017 | 10018 | 10022
  -       Voornaam = $first
  -       Achternaam = $last
  email   E-mailadres = $mail
  phone   Telefoonnummer = $nl
  phone   Mobiel = $nl?
  -       Postcode = 1012 AB | 3011 CD | 2511 EF
  -       Woonplaats = Amsterdam | Rotterdam | Den Haag
  country Land = Nederland | België | Nederland
  -       Geboortedatum = $dmy
# nl: shop
  id      Klant ID = $hs
  email   E-mail = $mail
  phone   Tel.nr. = $nl
  phone   Mobiel nummer = $nl
  -       Ordernummer = 2024013101 | 2024013102 | 2024020103
  -       Nieuwsbrief ontvangen = ja | nee | ja
  -       E-mail verkoper = $staff
# nl: club
  id      Lidnummer = 551 | 552 | 560
  email   E-mail 1 = $mail
  email   E-mail 2 = $work?
  phone   Telefoon thuis = $nl
  phone   06-nummer = $nl
  -       Noodcontact telefoon = $nl
# nl: technical
  id      klant_id = $num
  email   email_adres = $mail
  phone   telefoon_mobiel = $nl
  phone   telefoon_vast = $nl?
  country landcode = NL | BE | NL
  -       datum_laatste_email = $stamp
  -       btw_nummer = NL123456789B01 | NL987654321B01 | NL001234567B01
# pl: CRM
  id      Numer klienta = 10017 | 10018 | 10022
  -       Imię = $first
  -       Nazwisko = $last
  email   Adres e-mail = $mail
  phone   Telefon komórkowy = $pl
  phone   Telefon stacjonarny = $pl?
  -       Kod pocztowy = 00-001 | 31-042 | 80-180
  country Kraj = Polska | Niemcy | Polska
  -       NIP = 526-000-12-46 | 527-010-33-91 | 725-18-01-126
  -       Zgoda marketingowa = tak | nie | tak
# pl: shop
  id      ID klienta = $hs
  email   E-mail = $mail
  phone   Nr telefonu = $pl
  -       Numer zamówienia = 601555019 | 601555020 | 601555099
  -       Wartość zamówienia = 1 299 500,00 | 77,00 | 2 045 500,00
  -       E-mail opiekuna = $staff
# pl: poczta
  email   Poczta elektroniczna = $mail
  phone   Numer telefonu = $pl
  phone   Komórka = $pl?
  -       Data ostatniego e-maila = $dmy
  -       PESEL = 44051401359 | 02070803628 | 85010112345
# pl: technical
  id      klient_id = $num
  email   adres_email = $mail
  phone   telefon_kom = $pl
  country kod_kraju = PL | DE | PL
  -       regon = 123456785 | 987654321 | 123456786
# sv: CRM
  id      Kundnummer = 10017 | 10018 | 10022
  -       Förnamn = $first
  -       Efternamn = $last
  email   E-postadress = $mail
  phone   Telefonnummer = $se
  phone   Mobilnummer = $se?
  -       Postnummer = 111 22 | 211 34 | 411 05
  -       Ort = Stockholm | Malmö | Göteborg
  country Land = Sverige | Norge | Sverige
  -       Personnummer = 19860131-1234 | 19901105-4321 | 197107191212
# sv: shop
  id      Kund-ID = $hs
  email   E-post = $mail
  phone   Mobil = $se
  -       Ordernummer = 0701740605 | 0701740699 | 0701740611
  -       Senaste e-post skickat = $stamp
  -       Organisationsnummer = 556016-0680 | 556012-5790 | 212000-0142
# sv: club
  id      Medlemsnummer = 551 | 552 | 560
  email   Epost = $mail
  phone   Tfn = $se
  phone   Tel hem = $se?
  phone   Mobiltelefon = $se
  -       Säljarens e-post = $staff
# sv: technical
  id      kund_id = $num
  email   epost_adress = $mail
  phone   telefon_mobil = $se
  country landskod = SE | NO | SE
# ja: EC-CUBE
  id      会員ID = $num
  -       お名前(姓) = 山田 | 佐藤 | 鈴木
  -       お名前(名) = 花子 | 太郎 | 次郎
  -       郵便番号 = 100-0001 | 150-0002 | 530-0011
  -       都道府県 = 東京都 | 東京都 | 大阪府
  email   メールアドレス = $mail
  phone   TEL = $jp
  -       FAX = $jp?
  -       誕生日 = 1986/01/31 | 1990/11/05 | 1971/07/19
  -       購入回数 = $count
  -       メルマガ = 希望する | 希望しない | 希望する
# ja: CRM
  id      顧客番号 = 10017 | 10018 | 10022
  -       氏名 = 山田花子 | 佐藤太郎 | 鈴木次郎
  email   Eメール = $mail
  phone   電話番号 = $jp
  phone   携帯電話番号 = $jp?
  country 国 = 日本 | アメリカ合衆国 | 日本
  -       最終メール送信日 = $day
  -       メール配信可否 = 可 | 不可 | 可
# ja: full width
  id      顧客ＩＤ = $num
  email   Ｅ－ｍａｉｌ = $mail
  phone   ＴＥＬ = ０９０－５５５０－１２３４ | ０３－５５５０－０１８７ | ０８０－５５５０－９８７６
  -       ＦＡＸ = $jp?
# ja: shop
  id      会員番号 = $num
  email   PCメールアドレス = $mail
  email   携帯メールアドレス = $work?
  phone   電話番号1 = $jp
  phone   電話番号2 = $nil
  -       注文番号 = 09055501234 | 09055501777 | 09055509876
  -       担当者メールアドレス = $staff
  -       郵便番号1 = 100-0001 | 150-0002 | 530-0011
# ja: form
  email   メールアドレス(確認用) = $mail
  phone   お電話番号 = $jp
  phone   ご自宅電話番号 = $jp?
  phone   携帯番号 = $jp
  -       緊急連絡先電話番号 = $jp
# ja: technical
  id      ユーザーID = $uuid
  email   メール = $mail
  phone   電話 = $jp
  country 国コード = JP | US | JP
  -       登録日時 = $stamp
  -       合計金額 = 1,299,500 | 77,000 | 2,045,500
# ja: work contacts
  -       会社名 = 株式会社例 | 例商事 | 例工業
  email   勤務先メールアドレス = $work
  phone   会社電話番号 = $jp
  phone   直通電話 = $jp?
  -       内線番号 = 4401 | 12 | 18
  -       会社FAX = $jp?
# da: CRM
  id      Kundenummer = 10017 | 10018 | 10022
  email   E-mailadresse = $mail
  phone   Telefonnummer = 20 55 01 42 | +45 31 55 01 87 | 40550101
  phone   Mobiltelefon = 20550142 | | 31550187
  -       CVR-nummer = 12345674 | 88146328 | 10150817
  country Land = Danmark | Sverige | Danmark
# no: CRM
  id      Kundenr = 10017 | 10018 | 10022
  email   E-postadresse = $mail
  phone   Mobilnr = 405 50 142 | +47 415 50 187 | 90550101
  -       Postnr = 0150 | 5003 | 7011
  -       Fødselsdato = $dmy
# fi: CRM
  id      Asiakasnumero = 10017 | 10018 | 10022
  email   Sähköposti = $mail
  phone   Puhelin = 040 555 0142 | +358 50 555 0187 | 0415550101
  phone   Matkapuhelin = 0405550142 | | 0505550187
  country Maa = Suomi | Ruotsi | Suomi
# cs: CRM
  id      Číslo zákazníka = 10017 | 10018 | 10022
  email   E-mailová adresa = $mail
  phone   Telefon = 601 555 014 | +420 777 555 018 | 222555010
  phone   Mobil = 777555014 | | 601555018
  -       PSČ = 110 00 | 602 00 | 702 00
  -       IČO = 27082440 | 45274649 | 25596641
# tr: CRM
  id      Müşteri No = 10017 | 10018 | 10022
  email   E-posta = $mail
  phone   Cep telefonu = 0532 555 01 42 | +90 533 555 01 87 | 05425550101
  country Ülke = Türkiye | Almanya | Türkiye
  -       TC Kimlik No = 10000000146 | 12345678950 | 98765432108
# ru: CRM
  id      ID клиента = $hs
  email   Электронная почта = $mail
  phone   Телефон = +7 495 555-01-42 | 8 (916) 555-01-87 | +79165550101
  phone   Мобильный телефон = +79165550142 | | 89035550187
  country Страна = Россия | Казахстан | Россия
  -       ИНН = 7707083893 | 7736207543 | 500100732259
# zh: CRM
  id      客户编号 = 10017 | 10018 | 10022
  -       姓名 = 王伟 | 李娜 | 张敏
  email   电子邮箱 = $mail
  phone   手机号码 = 13855501420 | +86 139 5550 1877 | 15055501010
  phone   联系电话 = 010-55550142 | | 021-55550187
  country 国家 = 中国 | 日本 | 中国
  -       邮政编码 = 100000 | 200000 | 510000
  -       订单编号 = 13855501420 | 13855501421 | 13855501499
# ko: CRM
  id      회원번호 = 10017 | 10018 | 10022
  email   이메일 주소 = $mail
  phone   휴대폰 번호 = 010-5550-1420 | +82 10 5550 1877 | 01055501010
  phone   전화번호 = 02-555-0142 | | 031-555-0187
  country 국가 = 대한민국 | 일본 | 대한민국
  -       주문번호 = 01055501010 | 01055501011 | 01055501099
# hu: CRM
  id      Ügyfélszám = 10017 | 10018 | 10022
  email   E-mail cím = $mail
  phone   Telefonszám = +36 30 555 0142 | 06 20 555 0187 | +36705550101
  country Ország = Magyarország | Ausztria | Magyarország
# ro: CRM
  id      ID client = $hs
  email   Adresă de e-mail = $mail
  phone   Telefon mobil = 0721 555 014 | +40 722 555 018 | 0735555010
  -       CUI = 14399840 | 1590082 | 18189442
  country Țara = România | Moldova | România
# el: CRM
  email   Ηλεκτρονικό ταχυδρομείο = $mail
  phone   Τηλέφωνο = 210 555 0142 | +30 210 555 0187 | 2315550101
  phone   Κινητό = 6945550142 | | +30 697 555 0187
  -       ΑΦΜ = 094014201 | 090000045 | 123456783
# uk: CRM
  email   Електронна пошта = $mail
  phone   Мобільний телефон = +380 44 555 0142 | 067 555 01 87 | +380505550101
# vi: CRM
  email   Địa chỉ email = $mail
  phone   Số điện thoại = 091 555 0142 | +84 93 555 0187 | 0985550101
# id: CRM
  id      ID Pelanggan = $hs
  email   Alamat email = $mail
  phone   No. HP = 0812-5550-1420 | +62 813 5550 1877 | 081155501010
  phone   Nomor telepon = 021 5550 1420 | | 0315550187
  country Negara = Indonesia | Malaysia | Indonesia
# ar: CRM
  email   البريد الإلكتروني = $mail
  phone   رقم الهاتف = +971 50 555 0142 | 050 555 0187 | +966 55 555 0101
# he: CRM
  email   דואר אלקטרוני = $mail
  phone   טלפון נייד = 050-555-0142 | +972 52 555 0187 | 054-5550101
# th: CRM
  email   อีเมล = $mail
  phone   เบอร์โทรศัพท์ = 081 555 0142 | +66 82 555 0187 | 0895550101
# en-IN: CRM
  id      Cust ID = $num
  email   Email ID = $mail
  phone   Mob No = 98765 43210 | +91 98765 43211 | 09876543212
  phone   Contact No. = 9876543213 | | 080 2555 0142
  -       PIN code = 560001 | 110001 | 400001
  -       GSTIN = 29ABCDE1234F1Z5 | 27ABCDE1234F1Z5 | 07ABCDE1234F1Z5
# en-GB: club
  id      Member No. = 551 | 552 | 560
  email   Email = $mail
  phone   Tel (home) = $gb
  phone   Tel (mobile) = $gb
  phone   Daytime telephone = $gb
  phone   Evening phone = $gb?
  -       NI number = QQ123456C | QQ123457C | QQ123458C
`;
