/** Lists in German, French, Spanish, Italian and Portuguese, by people and by systems of those countries. */
export const westernFixtures = `
# de: CRM
  id      Kunden-Nr. = 10017 | 10018 | 10022 | 10023
  -       Anrede = Frau | Herr | Herr | Frau
  -       Nachname = $last
  email   E-Mail = $mail
  phone   Telefon = $de
  phone   Mobil = $de?
  -       Telefax = $de?
  -       PLZ = $zip
  -       Ort = Berlin | Köln | Graz | Bern
  country Land = Deutschland | Deutschland | Österreich | Schweiz
  -       Geburtsdatum = $dmy
  -       Newsletter-Einwilligung = Ja | Nein | Ja | Ja
# de: Handy
  id      Kundennr = 10017 | 10018 | 10022
  email   Mailadresse = $mail
  phone   Handynr. = $de
  phone   Festnetz = $de?
  -       Datum der letzten E-Mail = $dmy
  -       E-Mail-Status = aktiv | abgemeldet | aktiv
# de: club
  id      Mitgliedsnummer = 551 | 552 | 560
  email   E-Mail privat = $mail
  email   E-Mail dienstlich = $work?
  phone   Tel. privat = $de
  phone   Tel. dienstlich = $de?
  phone   telefonnummer (mobil) = $de
  -       Fax privat = $de?
  -       IBAN = DE02120300000000202051 | DE02500105170137075030 | DE02100500000054540402
  -       Eintrittsdatum = $dmy
# de: Cleverreach
  email   email = $mail
  -       registriert = $unix
  -       aktiviert = $unix
  -       deaktiviert = 0 | 0 | 1706688922
  -       quelle = Formular | API | Formular
  -       anrede = Frau | Herr | Frau
# de: shop
  id      Kunden-ID = $hs
  email   Kunden-E-Mail = $mail
  phone   Rückrufnummer = $de
  country Lieferland = DE | AT | CH
  -       Bestellnummer = 20240131 | 20240132 | 20240140
  -       Bestellwert = 1.299,00 | 77,00 | 2.045.500,00
  -       E-Mail-Adresse Verkäufer = $staff
# de: retail with underscores
  id      kunden_nummer = $num
  email   email_adresse = $mail
  phone   telefon_privat = $de
  phone   handy_nummer = $de
  -       fax_nummer = $de?
  country laendercode = DE | AT | DE
  -       email_werbung_erlaubt = J | N | J
# de: insurance broker
  id      Versicherungsnehmer-Nr = V-10017 | V-10018 | V-10019
  email   E-Mail-Adresse 1 = $mail
  email   E-Mail-Adresse 2 = $work?
  phone   Telefonnummer 1 = $de
  phone   Rufnummer mobil = $de
  -       Vermittler E-Mail = $staff
  -       Vertragsnummer = 4512345678 | 4512345679 | 4512345688
  -       Steuernummer = 12/345/67890 | 12/345/67891 | 12/345/67899
# fr: CRM
  id      N° client = 10017 | 10018 | 10022
  -       Civilité = Mme | M. | M.
  -       Nom = $last
  -       Prénom = $first
  email   Adresse e-mail = $mail
  phone   Téléphone portable = $fr
  phone   Téléphone fixe = $fr?
  -       Télécopie = $fr?
  -       Code postal = $zip
  country Pays = France | Belgique | Suisse | Allemagne
  -       Date de naissance = $dmy
  -       Consentement e-mail = oui | non | oui
# fr: courriel
  id      Numéro de client = 10017 | 10018 | 10022
  email   Courriel = $mail
  phone   Tél. mobile = $fr
  phone   Tél. domicile = $fr?
  -       Date du dernier courriel = $dmy
# fr: shop
  id      ID client = $hs
  email   Email = $mail
  phone   Portable = $fr
  country Pays de livraison = FR | BE | FR
  -       Numéro de commande = 100023412 | 100023413 | 100023420
  -       Montant total = 1 299 500,00 | 77,00 | 2 045 500,00
  -       Inscrit à la newsletter = oui | non | oui
  -       SIRET = 303 265 045 00017 | 123 456 789 00011 | 552 100 554 00021
# fr: Brevo
  id      ID = $hs
  email   EMAIL = $mail
  -       NOM = $last
  -       PRENOM = $first
  phone   SMS = 33639981234 | 33639984321 | 
  -       DATE_INSCRIPTION = $dmy
# fr: association
  -       Nom de l'adhérent = $name
  id      Numéro d'adhérent = 551 | 552 | 560
  email   Mail = $mail
  -       Mail du conjoint = $work?
  phone   Téléphone = $fr
  phone   Portable 2 = $fr?
  -       Contact d'urgence téléphone = $fr
# fr: messagerie
  email   Adresse de messagerie = $mail
  phone   Numéro de téléphone = $fr
  phone   Tél. professionnel = $fr?
  -       Poste téléphonique = 4401 | 12 | 18
# fr: technical
  id      code_client = $num
  email   adresse_email = $mail
  phone   tel_portable = $fr
  phone   tel_fixe = $fr?
  country code_pays = FR | BE | LU
  -       optin_email = 1 | 0 | 1
  -       optin_sms = 1 | 0 | 0
  -       npai = 0 | 1 | 0
# es: CRM
  id      Código de cliente = 10017 | 10018 | 10022
  -       Nombre = $first
  -       Apellidos = $last
  email   Correo electrónico = $mail
  phone   Teléfono = $es
  phone   Teléfono móvil = $es?
  -       Código postal = $zip
  country País = España | México | España
  -       NIF = 12345678Z | 87654321X | B12345674
  -       Acepta correo comercial = Sí | No | Sí
# es: móvil
  id      Nº de cliente = 10017 | 10018 | 10022
  email   E-mail = $mail
  phone   Móvil = $es
  phone   Tel. fijo = $es?
  -       Fecha de nacimiento = $dmy
  -       Fecha último correo = $dmy
# es: celular (México)
  id      ID Cliente = $hs
  email   Correo = $mail
  phone   Celular = +52 55 5555 0142 | 55 5555 0187 | +52 33 5555 0101
  phone   Teléfono de casa = 55 5555 0111 | | 33 5555 0123
  country País de residencia = México | México | Estados Unidos
  -       RFC = XAXX010101000 | XEXX010101000 | XAXX010101000
# es: dirección de correo
  email   Dirección de correo electrónico = $mail
  phone   Número de móvil = $es
  -       Correo del vendedor = $staff
  -       Total del pedido = 1.299.500,00 | 77,00 | 2.045.500,00
# es: technical
  id      id_cliente = $num
  email   correo_electronico = $mail
  phone   telefono_movil = $es
  phone   telefono_fijo = $es?
  country codigo_pais = ES | ES | PT
  -       fecha_alta = $stamp
# es: school
  id      Nº de socio = 551 | 552 | 560
  email   Email de contacto = $mail
  phone   Teléfono de contacto = $es
  -       Teléfono de emergencia = $es
  -       Número de pedido = 934555077 | 934555078 | 934555099
# it: CRM
  id      Codice cliente = 10017 | 10018 | 10022
  -       Nome = $first
  -       Cognome = $last
  email   Indirizzo e-mail = $mail
  phone   Telefono = $it
  phone   Cellulare = $it?
  -       CAP = $zip
  country Paese = Italia | Svizzera | Italia
  -       Partita IVA = 07643520567 | 01234567890 | 00743110157
  -       Consenso marketing = Sì | No | Sì
# it: posta
  email   Posta elettronica = $mail
  phone   Numero di telefono = $it
  phone   Telefono cellulare = $it
  -       Data ultima e-mail = $dmy
# it: shop
  id      ID cliente = $hs
  email   Email cliente = $mail
  phone   Cell. = $it
  country Nazione = IT | CH | IT
  -       Numero ordine = 100023412 | 100023413 | 100023420
  -       Email venditore = $staff
  -       Codice fiscale = RSSMRA85T10A562S | VRDGNN70A01F205X | BNCLRA90B41H501Y
# it: technical
  id      id_utente = $num
  email   indirizzo_email = $mail
  phone   numero_cellulare = $it
  phone   telefono_casa = $it?
  -       iscritto_newsletter = 1 | 0 | 1
  -       data_iscrizione = $stamp
# it: PEC is an address too
  email   E-mail = $mail
  email   E-mail secondaria = $work?
  phone   Recapito telefonico = $it
  -       Fax = $it?
# pt: CRM
  id      Número de cliente = 10017 | 10018 | 10022
  -       Nome = $first
  email   E-mail = $mail
  phone   Telemóvel = $pt
  phone   Telefone = $pt?
  -       Código postal = 1000-001 | 4000-322 | 3000-213
  country País = Portugal | Espanha | Portugal
  -       NIF = 123456789 | 234567891 | 501234567
  -       Consentimento = sim | não | sim
# br: CRM
  id      ID do cliente = $hs
  -       Nome completo = $name
  email   Endereço de e-mail = $mail
  phone   Celular = $br
  phone   Telefone fixo = $br?
  phone   WhatsApp = $br
  -       CPF = 123.456.789-09 | 987.654.321-00 | 111.444.777-35
  -       CEP = 01310-100 | 20040-002 | 30130-010
  country País = Brasil | Brasil | Portugal
# br: RD Station
  email   Email = $mail
  -       Nome = $name
  phone   Telefone = $br
  phone   Celular = $br?
  -       Estado = SP | RJ | MG
  -       Status para comunicação por email = opted_in | bounced | opted_in
  -       Email do responsável pelo Lead = $staff
  -       Data da primeira conversão = $stamp
# br: VTEX
  id      userId = $uuid
  email   email = $mail
  -       document = 12345678909 | 98765432100 | 11144477735
  phone   homePhone = +5511955500198 | +5521955501234 | +5531955509876
  -       isNewsletterOptIn = $bool
  -       birthDate = $stamp
# br: technical
  id      codigo_cliente = $num
  email   email_cliente = $mail
  phone   telefone_celular = $br
  -       data_cadastro = $stamp
  -       aceita_email = S | N | S
  -       cnpj = 11.222.333/0001-81 | 11.444.777/0001-61 | 12.345.678/0001-95
# pt: correio
  email   Correio eletrónico = $mail
  phone   Contacto telefónico = $pt
  phone   Nº telemóvel = $pt
  -       Valor da encomenda = 1.299.500,00 | 77,00 | 2.045.500,00
# de: Swiss, bilingual headers
  id      Kunden-Nr. / N° client = 10017 | 10018 | 10022
  email   E-Mail / Courriel = $mail
  phone   Telefon / Téléphone = +41 44 555 01 42 | 044 555 01 87 | +41 79 555 01 01
  -       Ort / Lieu = Zürich | Genève | Bern
  -       PLZ / NPA = 8001 | 1201 | 3011
# Belgium, bilingual headers
  email   E-mailadres / Adresse e-mail = $mail
  phone   GSM = 0470 55 01 42 | +32 470 55 01 87 | 0485/55.01.01
  -       BTW / TVA = BE0123456749 | BE0400378485 | BE0428759497
# Canada, bilingual headers
  email   Email / Courriel = $mail
  phone   Phone / Téléphone = $us
  country Country / Pays = Canada | Canada | France
  -       Postal code / Code postal = K1A 0B1 | H2Y 1C6 | V6B 4Y8
`;
