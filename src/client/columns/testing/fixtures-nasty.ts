/** Files whose names say little, say it oddly, or mislead. Values with \\ufeff and the like are as files have them. */
export const nastyFixtures = `
# byte order mark in the first name
  email   \ufeffEmail = $mail
  phone   Phone = $us
# byte order mark and quotes left in the names
  id      \ufeff"Customer ID" = $num
  email   "Email" = $mail
  phone   "Phone" = $us
# single quotes and backticks
  email   'email' = $mail
  phone   \`phone\` = $e164
# brackets of a query
  id      [CustomerID] = $num
  email   [EmailAddress] = $mail
  phone   [MobilePhone] = $us
# blanks that are not blanks
  email   E-mail\u00a0Address = $mail
  phone   Mobile\u00a0Phone = $us
  country Country\u00a0 = $land
# invisible characters in the name
  email   E\u200bmail = $mail
  phone   Pho\u00adne = $us
# a soft line end in the name
  email   Email (work / private) = $mail
  phone   Phone incl. area code = $us
# name with an asterisk
  email   Email* = $mail
  phone   * Mobile Phone = $us
  country Country * = $land
# all capitals, no gaps
  email   EMAILADDRESS = $mail
  phone   PHONENUMBER = $us
  phone   MOBILEPHONE = $us?
  -       ZIPCODE = $zip4
  country COUNTRYCODE = $land
# old systems cut names
  id      CUST_NO = $num
  email   EMAIL_ADDR = $mail
  phone   PH_NO = $us
  phone   TEL_NO = $us?
  -       ZIP_CD = $zip4
  country CNTRY_CD = $land
# Hungarian style of a database
  id      strCustomerId = $num
  email   strEmail = $mail
  phone   strPhone = $us
  -       dtmCreated = $stamp
# camel case with initials
  id      userID = $num
  email   primaryEMail = $mail
  phone   mobilePhoneNo = $us
  -       emailOptIn = $bool
  -       phoneVerifiedAt = $stamp
# kebab and dots
  email   contact.email-address = $mail
  phone   contact.phone-number = $us
  country address.country-code = $land
# numbers in words
  email   first email = $mail
  email   second email = $work?
  phone   third phone = $us
# numbers in front
  email   1. Email = $mail
  phone   2. Phone = $us
  country 3. Country = $land
# no header: letters
  -       A = $name
  email   B = $mail
  phone   C = $e164
# no header: numbered columns
  -       column_1 = $num
  email   column_2 = $mail
  phone   column_3 = $us
  -       column_4 = $day
# no header: fields with ZIP+4, IP, dates
  email   Field1 = $mail
  -       Field2 = $zip4
  -       Field3 = $ip
  -       Field4 = $stamp
  -       Field5 = $money
# no header: empty names
  email    = $mail
  phone    = $e164
  -        = $city
# no header: one column
  email   list = $mail
# no header: hashes and UUIDs
  -       c1 = $sha
  -       c2 = $uuid
  email   c3 = $mail
# no header: numbers of all sorts
  -       v1 = $unix
  -       v2 = $geo
  -       v3 = 123-45-6789 | 987-65-4321 | 078-05-1120
  -       v4 = 978-3-16-148410-0 | 978-0-306-40615-7 | 978-1-86197-876-9
  phone   v5 = +44 20 7946 0018 | +1 206 555 0142 | +49 30 23125678
# no header: money in groups
  -       x1 = 1 234 567 | 12 345 678 | 1 299 500
  -       x2 = 1.234.567 | 12.345.678 | 1.299.500
  -       x3 = 20240131 | 20231105 | 20220719
  email   x4 = $mail
# no header: card numbers and accounts
  -       y1 = 4111 1111 1111 1111 | 5500 0000 0000 0004 | 4242 4242 4242 4242
  -       y2 = DE02120300000000202051 | FR7630006000011234567890189 | GB33BUKB20201555555555
  -       y3 = 12-34-56 12345678 | 20-00-00 55779911 | 40-47-84 70872490
  email   y4 = $mail
# header in an unknown tongue, international numbers
  email   imeyili yam = $mail
  phone   inombolo = +27 82 555 0142 | +27 71 555 0187 | +27 11 555 0101
  -       idolobha = $city
# all are somebody else's
  email   Email = $mail
  -       Owner Email = $staff
  -       Manager Email = $staff
  -       Account Manager Phone = 312-555-0100 | 312-555-0101 | 312-555-0100
  -       Sales Rep E-mail = $staff
  -       Created By Email = $staff
  -       Referred by (email) = $work
  -       Parent/Guardian Email = $work
  -       Spouse Phone = $us
  -       Support Email = help@seller.example | help@seller.example | help@seller.example
  -       Emergency Phone = $us
# e-mail facts
  email   Email = $mail
  -       Email Opt In = $yes
  -       Email Status = active | bounced | active
  -       Email Bounced = $bool
  -       Email Verified = $bool
  -       Email Score = 88 | 12 | 97
  -       Email Provider = gmail | outlook | other
  -       Email Count = $count
  -       Email Subject = Hello | Sale | Hello
  -       Email Template ID = $uuid
  -       Email Sent At = $stamp
  -       Email Source = $url
  -       Email Frequency = weekly | daily | weekly
  -       Emails Clicked = $count
  -       Has Email = $bool
  -       Valid Email = $bool
  -       Date of last email = $stamp
  -       Email Domain = $domain
  -       Email Language = en | de | fr
  -       Preferred Email Format = HTML | Text | HTML
# phone facts
  phone   Phone = $us
  -       Phone Type = mobile | landline | mobile
  -       Phone Carrier = Alpha | Beta | Gamma
  -       Phone Extension = 4401 | 12 | 18
  -       Phone Verified = $bool
  -       Phone Verified Date = $stamp
  -       Phone Verified Unix = $unix
  -       Phone Country = $land
  -       Phone Country Code = 1 | 44 | 49
  -       Phone Area Code = 206 | 312 | 415
  -       Phone Model = A14 | B15 | C2
  -       Phone Opt Out = $bool
  -       Mobile App Version = 4.12.0 | 4.11.3 | 4.12.0
  -       Mobile Sessions = $count
  -       Last Call = $unix
  -       Last SMS Sent = $unix
  -       Cell Reference = B12 | C4 | D88
  -       Phone Calls Total = 1234567 | 7654321 | 2345678
# country facts
  email   Email = $mail
  country Country = $land
  -       Country of Birth = $land
  -       Country Manager = $name
  -       Ship From Country = $land
  -       IP Country = $land
  -       Country Phone Code = +1 | +49 | +33
  -       County = King | Kent | Cork
# numbers that look like phones
  email   email = $mail
  -       Order number = 206-555-0142 | 206-555-0143 | 206-555-0199
  -       Invoice No. = 2024-0000131 | 2024-0000132 | 2024-0000140
  -       Zip = $zip4
  -       VAT number = 123 4567 89 | 987 6543 21 | 555 1234 22
  -       SSN = 123-45-6789 | 987-65-4321 | 078-05-1120
  -       Timestamp = 20240131 081522 | 20231105 230109 | 20220719 100000
  -       Total = 1.234.567 | 77 | 2.045.500
  -       ISBN = 978-3-16-148410-0 | 978-0-306-40615-7 | 978-1-86197-876-9
  -       Tracking number = +9405 5036 9930 0012 | +9405 5036 9930 0013 | +9405 5036 9930 0019
  -       GTIN = 04006381333931 | 04006381333932 | 04006381333940
  -       Fax = $us
  -       Coordinates = $geo
  -       IMEI = 490154203237518 | 490154203237519 | 490154203237527
  -       Serial = (206) 555-0142 | (206) 555-0143 | (206) 555-0199
# ids beside ids
  -       row = 1 | 2 | 3
  id      customer_id = $num
  -       order_id = $uuid
  -       session_id = $uuid
  -       campaign_id = 8812345678 | 8812345679 | 8812345680
  -       store_id = 12 | 12 | 14
  email   email = $mail
# id and user id
  -       id = 1 | 2 | 3
  id      user_id = $uuid
  email   email = $mail
# the id is an address too
  id      customer_id = $mail
  email   email = $mail
# the name says phone, the values are e-mail addresses
  email   Contact = $mail
  -       Phone = call reception | none given | by e-mail only
# phone and e-mail in one column of contact
  email   contact email = $mail
  phone   contact phone = $us
  phone   contact number = $us?
# twice the same name
  email   Email = $mail
  email   Email = $work?
  phone   Phone = $us
  phone   Phone = $us?
# names made unique by a tool
  email   Email.1 = $mail
  email   Email_dup = $work?
  phone   Phone.1 = $us
  phone   Phone__2 = $us?
# mostly blank
  email   Email = $mail
  phone   Phone = | | | 206-555-0142
  phone   Mobile = $nil
  country Country = | | Canada | 
# placeholders
  email   email = n/a | ada@example.com | NULL | none
  phone   phone = 0000000000 | 206-555-0142 | N/A | -
  country country = unknown | US | n/a | 
# several values in a cell
  email   Emails = ada@example.com, a2@example.com | b@mail.test; b2@mail.test | c@example.org
  phone   Phones = 206-555-0142; 312-555-0187 | +44 20 7946 0018, 07700 900123 | 415-555-0101
# extensions in the cell
  email   Mail = $mail
  phone   Phone Number = 206-555-0142 x12 | (312) 555-0187 ext. 4401 | 415-555-0101 #7 | +1 646 555 0199
# spreadsheet spoilt the phones
  email   Email = $mail
  phone   Phone = 2.07E+09 | 2065550142 | 3125550187 | 4.47E+11
# numbers became floats
  id      customer_id = 10017.0 | 10018.0 | 10022.0
  phone   phone = 2065550142.0 | 3125550187.0 | 4155550101.0
# angle brackets
  email   From: (Name) = Ada Moss <ada@example.com> | Lind <b@mail.test> | Wei <c@example.org>
# mailto and tel links
  email   Email = mailto:ada@example.com | mailto:b@mail.test | mailto:c@example.org
  phone   Phone = tel:+12065550142 | tel:+13125550187 | tel:+14155550101
# question-like names
  email   Your e-mail? = $mail
  phone   Your mobile? = $us
  -       Do you use e-mail? = yes | no | yes
# support of a bank
  id      client_id = $num
  email   email = $mail
  phone   phone_home = $us
  phone   phone_cell = $us
  phone   phone_work = $us?
  -       account_number = 2065550142 | 2065550143 | 2065550199
  -       routing_number = 125000024 | 125000024 | 021000021
  -       last_login_ip = $ip
  -       tax_country = $land
# a political list
  id      voter_id = $num
  email   email = $mail
  phone   landline = $us?
  phone   cell = $us
  -       precinct = 4401 | 4402 | 4410
  -       county_code = 033 | 061 | 075
# a school
  id      Student ID = $num
  email   Student Email = $mail
  -       Teacher Email = $staff
  -       Graduation = 2026 | 2027 | 2026
# a charity
  id      Supporter ID = $num
  email   Email address = $mail
  phone   Home telephone = $gb
  phone   Mobile telephone = $gb?
  -       Contact by email = Y | N | Y
  -       Contact by phone = Y | N | N
  -       Contact by SMS = Y | N | Y
  -       Email consent date = $dmy
# a doctor's practice
  id      Patient ID = $num
  email   Patient Email = $mail
  phone   Patient Phone = $us
  -       Provider Phone = 312-555-0100 | 312-555-0100 | 312-555-0101
  -       NPI = 1234567893 | 1234567893 | 1245319599
  -       MRN = 00123456 | 00123457 | 00123466
# telephone company
  id      Subscriber ID = $num
  phone   MSISDN = $bare
  -       IMSI = 310150123456789 | 310150123456790 | 310150123456799
  -       ICCID = 8901260123456789012 | 8901260123456789013 | 8901260123456789022
  -       Calls = 120 | 88 | 12
# a calendar of names only
  -       Name = $name
  -       Notes = called +1 206 555 0142 on Monday | write to ada@example.com | nothing
  email   Email = $mail
`;
