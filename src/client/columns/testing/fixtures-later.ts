/**
 * Written when the code held the other fixtures, to see what it does with names that it was not written for. Its
 * first figures were a precision of 0.84 and a recall of 0.78.
 */
export const laterFixtures = `
# Nimble
  id      Nimble record id = 5f1a2b3c4d5e6f7a8b9c0d1e | 5f1a2b3c4d5e6f7a8b9c0d1f | 5f1a2b3c4d5e6f7a8b9c0d20
  email   email (work) = $work
  email   email (personal) = $mail
  phone   phone (mobile) = $us
  phone   phone (main) = $us?
  -       last contacted = $stamp
  -       owner = $name
# Odoo contacts
  id      External ID = __export__.res_partner_10 | __export__.res_partner_11 | __export__.res_partner_14
  -       Name = $name
  email   Email = $mail
  phone   Phone = $de
  phone   Mobile = $de?
  country Country = Germany | Belgium | France
  -       Salesperson/Email = $staff
  -       Tax ID = $vat
  -       Is a Company = $bool
# Bullhorn
  id      candidate id = $num
  email   Email 1 = $mail
  email   Email 2 = $work?
  phone   Mobile Phone = $us
  phone   Other Phone = $us?
  -       Pager = $us?
  -       Recruiter Email = $staff
  -       Mass Mail Opt Out = $bool
# Donor system
  id      Constituent ID = $num
  email   Primary Email Address = $mail
  phone   Preferred Phone Number = $us
  -       Preferred Phone Type = Home | Cell | Cell
  -       Last Gift Amount = $money
  -       Last Gift Date = $mdy
  -       Do Not Email = $bool
  -       Do Not Call = $bool
  country Home Country = United States | Canada | United States
# Property management
  id      Tenant Code = t0001042 | t0001043 | t0001050
  email   Tenant Email = $mail
  phone   Tenant Phone (Cell) = $us
  -       Landlord Email = $work
  -       Property Phone = 312-555-0100 | 312-555-0100 | 312-555-0101
  -       Rent = $money
  -       Lease end = $mdy
# Car dealer
  id      Customer # = $num
  email   E Mail = $mail
  phone   Home Ph = $us
  phone   Cell Ph = $us?
  phone   Work Ph = $us?
  -       VIN = 1HGCM82633A004352 | 1HGCM82633A004353 | 1HGCM82633A004399
  -       Odometer = 45231 | 88012 | 120334
  -       Salesman Email = $staff
# Airline
  id      Frequent Flyer Number = 2065550142 | 2065550143 | 2065550199
  email   PAX_EMAIL = $mail
  phone   PAX_MOBILE = $e164
  country RESIDENCE_COUNTRY = $land
  -       PNR = AB12CD | EF34GH | IJ56KL
  -       TICKET_NBR = 0162345678901 | 0162345678902 | 0162345678955
  -       AGENCY_PHONE = 312-555-0100 | 312-555-0101 | 312-555-0100
# Online courses
  id      learner_id = $num
  email   learner_email = $mail
  -       instructor_email = $staff
  -       enrolled_at = $unix
  country country_name = France | Germany | Japan
# Newspaper
  id      Abonummer = 4410017 | 4410018 | 4410022
  email   E-Mail-Adresse = $mail
  phone   Telefon privat = $de
  -       Zustellbezirk = 0301234567 | 0301234568 | 0301234577
  -       Abo seit = $dmy
# Energie client (fr)
  id      Référence client = 6001234567 | 6001234568 | 6001234599
  email   E-mail de contact = $mail
  phone   Tél. portable du titulaire = $fr
  -       PDL = 12345678901234 | 12345678901235 | 12345678901299
  -       Email du conseiller = $staff
  -       Prélèvement accepté = oui | non | oui
# Clinica (es)
  id      Nº historia paciente = 10017 | 10018 | 10022
  email   Correo-e = $mail
  phone   Tfno. móvil = $es
  phone   Tfno. fijo = $es?
  -       Médico (correo) = $staff
  -       Próxima cita = $stamp
# Palestra (it)
  id      Tessera n. = 551 | 552 | 560
  email   Indirizzo di posta elettronica = $mail
  phone   Cellulare personale = $it
  -       Scadenza certificato = $dmy
  -       Email istruttore = $staff
# Escola (br)
  id      Matrícula do aluno = 2024001 | 2024002 | 2024010
  email   E-mail do aluno = $mail
  phone   Celular do aluno = $br
  -       E-mail do professor = $staff
  -       Data de matrícula = $dmy
# Sportclub (nl)
  id      Relatienummer = 551 | 552 | 560
  email   E-mailadres lid = $mail
  phone   Mobiel nr. = $nl
  phone   Vast telefoonnummer = $nl?
  -       E-mailadres trainer = $staff
  -       Lid sinds = $dmy
# Sklep (pl)
  id      Identyfikator klienta = $num
  email   E-mail klienta = $mail
  phone   Tel. kom. = $pl
  country Kraj dostawy = Polska | Niemcy | Polska
  -       Data ostatniego zamówienia = $stamp
  -       Kod pocztowy dostawy = 00-001 | 31-042 | 80-180
# Förening (sv)
  id      Medlemsnr = 551 | 552 | 560
  email   E-postadress privat = $mail
  phone   Mobiltelefonnummer = $se
  phone   Hemtelefon = $se?
  -       Kontaktperson e-post = $staff
  -       Inträdesdatum = $day
# 通販 (ja)
  id      お客様番号 = $num
  email   ご連絡先メールアドレス = $mail
  phone   ご連絡先電話番号 = $jp
  -       お届け先郵便番号 = 100-0001 | 150-0002 | 530-0011
  -       ご注文日 = $day
  -       営業担当メール = $staff
  -       ポイント残高 = 1204 | 88 | 15000
# data warehouse
  id      dim_customer_key = $num
  hashed_email cust_email_hash_sha256 = $sha
  hashed_phone cust_phone_hash_sha256 = $sha
  -       etl_batch_id = 20240131001 | 20240131001 | 20240201001
  -       is_email_valid_flg = 1 | 0 | 1
  -       home_phone_type_cd = M | L | M
  country ctry_cd = $land
# app analytics
  id      userId = $uuid
  email   userProperties.email = $mail
  -       eventTimestamp = $millis
  -       appVersion = 4.12.0 | 4.12.1 | 4.13.0
  -       geo.country = $land
  maid    device.advertisingId = $uuid
`;

/** A second helping, written after the first had been used. Its first figures were 0.89 and 0.91. */
export const lastFixtures = `
# Veterinary practice
  id      Client Number = 10017 | 10018 | 10022
  email   Client E-Mail = $mail
  phone   Client Cell Phone = $us
  -       Pet Name = Rex | Luna | Milo
  -       Vet Email = $staff
  -       Microchip = 985112001234567 | 985112001234568 | 985112001234599
  -       Next Visit = $mdy
# Telecom CRM
  id      SUBSCRIBER_ID = $num
  phone   CONTACT_MSISDN = $bare
  email   CONTACT_EMAIL_ADDRESS = $mail
  -       DEALER_EMAIL = $staff
  -       SIM_SERIAL = 8901260123456789012 | 8901260123456789013 | 8901260123456789022
  -       ACTIVATION_TS = $stamp
  country COUNTRY_NAME = Spain | Spain | Portugal
# Real estate leads
  -       Listing ID = 4410017 | 4410017 | 4410022
  -       Lead Name = $name
  email   Lead Email = $mail
  phone   Lead Phone = $us
  -       Realtor Email = $staff
  -       Realtor Phone = 312-555-0100 | 312-555-0101 | 312-555-0100
# Recruiting form
  email   Applicant e-mail = $mail
  phone   Applicant phone = $us
  -       Referee 1 email = $work
  -       Referee 1 phone = $us
  country Applicant country = $land
# Insurance policies
  -       Policy No = 206-555-0142 | 206-555-0143 | 206-555-0199
  id      Insured ID = $num
  email   Insured Email = $mail
  phone   Insured Mobile = $us
  -       Broker Email = $staff
  -       Premium = $money
# Physiotherapie
  id      Patienten-Nr. = 10017 | 10018 | 10022
  email   E-Mail Patient = $mail
  phone   Handy Patient = $de
  -       Arzt E-Mail = $staff
  -       Versichertennummer = A123456780 | B123456780 | C123456780
# Magasin de sport
  id      Id_Client = $num
  email   Mail_Client = $mail
  phone   Tel_Client = $fr
  -       Mail_Vendeur = $staff
  -       Date_Dernier_Achat = $dmy
  -       Code_Postal = $zip
# Tienda
  id      Cod. cliente = 10017 | 10018 | 10022
  email   Mail cliente = $mail
  phone   Tlf. cliente = $es
  -       Mail comercial = $staff
  -       Importe total = 1.299.500,00 | 77,00 | 2.045.500,00
# Negozio
  id      Cod. Cliente = 10017 | 10018 | 10022
  email   E-mail cliente = $mail
  phone   Tel. cliente = $it
  -       E-mail agente = $staff
  country Nazione cliente = IT | IT | CH
# Butik
  id      Kundnr = 10017 | 10018 | 10022
  email   Mejl = $mail
  phone   Mobilnr = $se
  -       Butikens telefon = 08-465 004 12 | 08-465 004 12 | 08-465 004 13
  -       Senast handlat = $day
# Winkel
  id      Klantnr. = 10017 | 10018 | 10022
  email   Mailadres = $mail
  phone   Mobiel telefoonnummer = $nl
  -       Filiaal telefoon = 020 555 0187 | 020 555 0187 | 010-5550112
  -       Laatste aankoop = $day
# 予約
  id      予約者ID = $num
  email   予約者メールアドレス = $mail
  phone   予約者電話番号 = $jp
  -       店舗電話番号 = 03-5550-0187 | 03-5550-0187 | 06-5550-0112
  -       予約番号 = 09055501234 | 09055501777 | 09055509876
# Loyalty app events
  id      member_uuid = $uuid
  email   member_email = $mail
  maid    ios_idfa = $uuid
  maid    android_gaid = $uuid
  -       event_id = $uuid
  -       event_ts = $millis
  -       points = 10 | 20 | 30
# Clean room
  id      partner_user_id = $uuid
  hashed_email email_sha256_hash = $sha
  hashed_phone phone_sha256_hash = $sha
  -       ip_sha256_hash = $sha
  -       household_id = HH1 | HH2 | HH3
`;

/** A third helping, of everyday files; code and words were not touched for these. */
export const unseenFixtures = `
# Mailing list of a band
  email   Email = $mail
  -       First name = $first
  country Country = $land
  -       Joined = $stamp
  -       Opens = $count
# Pharmacy
  id      Customer ID = $num
  email   Email = $mail
  phone   Phone = $us
  -       Rx Number = 2065550142 | 2065550143 | 2065550199
  -       Pharmacist Phone = 312-555-0100 | 312-555-0101 | 312-555-0100
  -       Refill date = $mdy
# Furniture shop
  id      Kunden Nr = 10017 | 10018 | 10022
  email   E-Mail = $mail
  phone   Telefon 1 = $de
  phone   Telefon 2 = $de?
  -       Lieferdatum = $dmy
  -       Auftragsnummer = 0301234567 | 0301234568 | 0301234577
# Garage
  id      client_no = $num
  email   client_mail = $mail
  phone   client_tel = $fr
  -       immatriculation = AB-123-CD | EF-456-GH | IJ-789-KL
  -       kilometrage = 145 231 | 88 012 | 120 334
# Seguros
  id      Nº cliente = 10017 | 10018 | 10022
  email   E-mail = $mail
  phone   Teléfono 1 = $es
  phone   Teléfono 2 = $es?
  -       Nº póliza = 912555034 | 912555035 | 912555099
  -       Correo agente = $staff
# Abbonati
  id      ID abbonato = $num
  email   Email = $mail
  phone   Cellulare = $it
  -       Provincia = MI | RM | TO
  -       Data abbonamento = $dmy
# Loja
  id      cliente_id = $num
  email   email = $mail
  phone   telefone = $br
  -       valor_total = 1.299.500,00 | 77,00 | 2.045.500,00
  -       cep = 01310-100 | 20040-002 | 30130-010
# Webwinkel
  id      klantnummer = $num
  email   e-mailadres = $mail
  phone   telefoon = $nl
  -       bestelnummer = 2024013101 | 2024013102 | 2024020103
  -       besteldatum = $day
# Abonament
  id      Nr klienta = 10017 | 10018 | 10022
  email   Adres email = $mail
  phone   Telefon = $pl
  -       Nr umowy = 601555019 | 601555020 | 601555099
# Prenumeranter
  id      Prenumerantnummer = 10017 | 10018 | 10022
  email   E-post = $mail
  phone   Mobil = $se
  -       Fakturanummer = 0701740605 | 0701740699 | 0701740611
# 定期購入
  id      お客様ID = $num
  email   メールアドレス = $mail
  phone   電話番号 = $jp
  -       定期番号 = 09055501234 | 09055501777 | 09055509876
  -       次回お届け日 = $day
# Chat tool
  id      visitor_id = $uuid
  email   visitor.email = $mail
  -       operator.email = $staff
  -       started_at = $unix
  -       page_url = $url
# Data platform
  id      cdp_person_id = $uuid
  email   primary_email = $mail
  email   secondary_email = $work?
  phone   primary_phone_e164 = $e164
  hashed_email primary_email_sha256 = $sha
  country home_country_iso = $land
  -       consent_string = CPXxRfAPXxRfA | CPYxRfAPYxRfA | CPZxRfAPZxRfA
# Wi-Fi portal
  email   email = $mail
  phone   mobile_number = $bare
  -       mac_address = 00:1a:2b:3c:4d:5e | 00:1a:2b:3c:4d:5f | 00:1a:2b:3c:4d:60
  -       session_start = $unix
  -       bytes_down = 104857600 | 20485760 | 990485760
# Sports league
  id      Player ID = $num
  -       Team = Reds | Blues | Reds
  email   Player Email = $mail
  phone   Player Cell = $us
  -       Coach Email = $staff
  -       Jersey # = 7 | 23 | 10
`;
