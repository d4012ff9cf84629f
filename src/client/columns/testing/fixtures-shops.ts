/** Exports of shops, tills, payments and tickets. */
export const shopFixtures = `
# Shopify, customers
  id      Customer ID = '7012345678901 | '7012345678917 | '7012345679004 | '7012345680113
  -       First Name = $first
  -       Last Name = $last
  email   Email = $mail
  -       Accepts Email Marketing = $yes
  -       Default Address Company = $firm
  -       Default Address Address1 = $street
  -       Default Address Address2 = | Flat 2 | | 3rd floor
  -       Default Address City = $city
  -       Default Address Province Code = WA | | NY | 
  country Default Address Country Code = $land
  -       Default Address Zip = '98101-1234 | 10115 | 75002 | SW1A 1AA
  phone   Default Address Phone = $e164
  phone   Phone = '+12065550142 | | '+447700900123 | 
  -       Accepts SMS Marketing = $yes
  -       Total Spent = $money
  -       Total Orders = $count
  -       Note = called, wants the blue one | | | moved
  -       Tax Exempt = $yes
  -       Tags = $tag
# Shopify, customers before 2023
  -       First Name = $first
  -       Last Name = $last
  email   Email = $mail
  -       Company = $firm
  -       Address1 = $street
  -       City = $city
  -       Province = Washington | | New York | 
  -       Province Code = WA | | NY | 
  country Country = United States | Germany | United States | France
  -       Country Code = US | DE | US | FR
  -       Zip = $zip4
  phone   Phone = '+1 206-555-0142 | '+49 30 23125678 | '+1 312-555-0187 | 
  -       Accepts Marketing = $yes
  -       Total Spent = $money
  -       Total Orders = $count
# Shopify, orders
  -       Name = $order
  email   Email = $mail
  -       Financial Status = paid | refunded | paid | pending
  -       Paid at = 2024-01-31 08:15:22 +0100 | 2023-11-05 23:01:09 +0100 | | 
  -       Fulfillment Status = fulfilled | unfulfilled | fulfilled | fulfilled
  -       Accepts Marketing = $yes
  -       Currency = USD | EUR | USD | GBP
  -       Subtotal = $money
  -       Total = $money
  -       Lineitem name = Blue mug | Tote bag | Blue mug | Poster
  -       Lineitem sku = MUG-01-0042 | TOTE-99 | MUG-01-0042 | 4006381333931
  -       Billing Name = $name
  -       Billing Zip = $zip4
  country Billing Country = $land
  phone   Billing Phone = $e164
  -       Shipping Country = $land
  phone   Shipping Phone = $e164?
  -       Payment Reference = c23456789012345.1 | r12345678901234.2 | c34567890123456.1
  phone   Phone = $e164?
  -       Receipt Number = $nil
# Matrixify, customers of Shopify
  id      ID = $long
  email   Email = $mail
  -       Command = MERGE | MERGE | UPDATE | MERGE
  phone   Phone = $e164
  -       Email Marketing: Status = subscribed | not_subscribed | subscribed | pending
  -       Email Marketing: Updated At = $stamp
  -       SMS Marketing: Status = subscribed | not_subscribed | | 
  -       Address ID = 8012345678901 | 8012345678902 | 8012345678911 | 8012345678919
  phone   Address Phone = $e164?
  country Address Country = United States | Germany | France | Japan
  -       Address Country Code = $land
# WooCommerce, customers
  -       Name = $name
  -       Username = ada.moss | blind | chenw | dortiz
  -       Last Active = $stamp
  -       Sign Up = $day
  email   Email = $mail
  -       Orders = $count
  -       Total Spend = $money
  -       AOV = $money
  country Country / Region = $land
  -       Postal Code = $zip
# WooCommerce, user meta
  id      customer_id = $num
  email   user_email = $mail
  -       billing_first_name = $first
  email   billing_email = $mail
  phone   billing_phone = $us
  country billing_country = $land
  -       billing_postcode = $zip4
  -       shipping_country = $land
  phone   shipping_phone = $us?
  -       user_registered = $stamp
  -       order_total = 1 234 567.00 | 129.90 | 45 000.00 | 77.00
# WooCommerce, orders with plugins
  -       Order Number = 100023412 | 100023413 | 100023420 | 100023433
  -       Order Date = $stamp
  id      Customer User ID = $hs
  email   Email (Billing) = $mail
  phone   Phone (Billing) = $us
  country Country Code (Billing) = $land
  -       Postcode (Billing) = $zip4
  -       Transaction ID = 8XJ12345AB678901C | 9YK12345AB678901D | ch_3OaBcD
# Magento, customers
  id      ID = $hs
  -       Name = $name
  email   Email = $mail
  -       Group = General | Wholesale | General | General
  phone   Phone = $us
  -       ZIP = $zip4
  country Country = United States | Germany | France | Japan
  -       State/Province = Washington | Bayern | | 
  -       Customer Since = $stamp
  -       Confirmed email = Confirmation Not Required | Confirmed | Confirmed
  -       Account Created in = Default Store View | German | French
  -       Tax VAT Number = $vat
# BigCommerce
  id      Customer ID = $hs
  -       Customer Name = $name
  email   Customer Email = $mail
  phone   Customer Phone = $us
  -       Store Credit = $money
  -       Customer Group = Retail | Trade | Retail | Retail
  -       Date Joined = $mdy
  -       Receive Review/Abandoned Cart Emails? = $yes
# PrestaShop
  id      id_customer = $hs
  -       id_gender = 1 | 2 | 1 | 1
  -       lastname = $last
  email   email = $mail
  -       newsletter = 1 | 0 | 1 | 1
  -       optin = 1 | 0 | 0 | 1
  -       siret = 30326504500017 | | 12345678901234 | 
  phone   phone_mobile = $fr
  -       date_add = $stamp
# Squarespace, profiles
  email   Email = $mail
  -       First Name = $first
  phone   Shipping Phone Number = $us
  country Shipping Country = $land
  -       Shipping Zip = $zip4
  -       Accepts Marketing = $bool
  -       Subscriber Since = $mdy
  -       Last Order ID = 00231 | 00232 | | 00240
  -       Total Spent = $money
# Wix, contacts
  -       First Name = $first
  email   Email 1 = $mail
  phone   Phone 1 = '+12065550142 | '+13125550187 | | '+16465550199
  -       Address 1 - Type = Shipping | Billing | Shipping | Billing
  country Address 1 - Country = $land
  -       Address 1 - Zip = $zip
  -       Email subscriber status = Subscribed | Never subscribed | Subscribed | Unsubscribed
  -       SMS subscriber status = Never subscribed | Never subscribed | Subscribed | Subscribed
  -       Last Activity Date (UTC+0) = $stamp
  email   Email 2 = $work?
# Square, customer directory
  -       Reference ID = | A-12 | | A-19
  -       First Name = $first
  email   Email Address = $mail
  phone   Phone Number = '+12065550142 | '+13125550187 | '+14155550101 | '+16465550199
  -       Company Name = $firm
  -       Postal Code = $zip
  -       Birthday = $day
  id      Square Customer ID = JDKYHBWT1D4F8MFH63DBMEN8Y4 | K9QZ5M7W2D4F8MFH63DBMEN8AA | L1QZ5M7W2D4F8MFH63DBMEN8BB
  -       First Visit = $day
  -       Lifetime Spend = $money
  -       Email Subscription Status = subscribed | unsubscribed | unknown | subscribed
# Stripe, customers
  id      id = cus_P1aXw | cus_P2bYw | cus_P3cZw | cus_P4dAw
  -       Description = $nil
  email   Email = $mail
  -       Name = $name
  -       Created (UTC) = 2024-01-31 08:15 | 2023-11-05 23:01 | 2022-07-19 10:00 | 2024-03-02 00:00
  -       Delinquent = $bool
  -       Card ID = card_1OaBcD | card_1OaBcE | card_1OaBcF | card_1OaBcG
  -       Card Last4 = 4242 | 1881 | 0005 | 9424
  -       Card Issue Country = $land
  country Card Address Country = $land
  -       Total Spend = $money
  -       Payment Count = $count
# Stripe, payments
  -       id = ch_3OaBcD | ch_3OaBcE | ch_3OaBcF | ch_3OaBcG
  -       Created date (UTC) = $stamp
  -       Amount = $money
  id      Customer ID = cus_P1aXw | cus_P2bYw | cus_P3cZw | cus_P4dAw
  email   Customer Email = $mail
  -       Invoice ID = in_1OaBcD | | in_1OaBcF | 
# PayPal, activity
  -       Date = $mdy
  -       Time = 08:15:22 | 23:01:09 | 10:00:00 | 00:00:00
  -       Name = $name
  -       Gross = 1,045.50 | 77.00 | 129.90 | 1,234,567.00
  email   From Email Address = $mail
  -       To Email Address = shop@seller.example | shop@seller.example | shop@seller.example
  -       Transaction ID = 8XJ12345AB678901C | 9YK12345AB678901D | 1AB12345AB678901E
  phone   Contact Phone Number = 2065550142 | 3125550187 | | 4155550101
  country Country = $land
# Eventbrite, attendees
  -       Order no. = 8123456789 | 8123456790 | 8123456801 | 8123456812
  -       Order Date = $stamp
  -       First Name = $first
  email   Email = $mail
  -       Quantity = 1 | 2 | 1 | 1
  -       Ticket Type = Early | Full | Full | Press
  -       Attendee no. = 11223344551 | 11223344552 | 11223344561 | 11223344572
  -       Total Paid = $money
  phone   Cell Phone = $us
  -       Check-In Time = $stamp
# Ticket shop, buyer and guest
  -       Booking ref = BK-20240131-001 | BK-20240131-002 | BK-20240201-004
  email   Buyer email = $mail
  phone   Buyer phone = $gb
  -       Order total (GBP) = $money
  -       Gift aid = $yes
# Etsy, sold orders
  -       Sale Date = $mdy
  -       Order ID = 3123456789 | 3123456790 | 3123456801 | 3123456812
  -       Buyer User ID = adamoss | blind88 | chenwei | dortiz
  -       Ship Zipcode = $zip4
  country Ship Country = United States | Canada | United Kingdom | United States
  -       Order Total = $money
  email   Buyer Email = $mail
# Amazon marketplace, orders (address is a relay)
  -       order-id = 114-1234567-1234567 | 114-7654321-7654321 | 113-5555555-1234567
  -       purchase-date = $stamp
  email   buyer-email = abc12@marketplace.example | def34@marketplace.example | ghi56@marketplace.example
  phone   buyer-phone-number = $us
  -       ship-postal-code = $zip4
  country ship-country = $land
  -       item-price = $money
# eBay, orders
  -       Sales Record Number = 10231 | 10232 | 10240 | 10241
  -       Buyer Username = ada_m | blind | chenw | dortiz
  email   Buyer Email = $mail
  -       Buyer Note = $nil
  -       Ship To Zip = $zip4
  phone   Ship To Phone = $us
  country Ship To Country = $land
  -       Item Number = 264123456789 | 264123456790 | 264123456801 | 264123456812
# Ecwid
  id      customer_id = $hs
  email   email = $mail
  -       accept_marketing = $bool
  phone   billing_phone = $us
  country billing_country_code = $land
  -       customer_ip = $ip
  -       tax_id = $vat
# Lightspeed Retail
  id      id = $uuid
  -       customer_code = ADA-7XYZ | BJO-1ABC | CHE-9QRS
  email   email = $mail
  phone   phone = $us
  phone   mobile = $us?
  -       fax = $us?
  country physical_country_id = $land
  -       year_to_date = $money
  -       loyalty_balance = 12.500000 | 0.000000 | 45.750000
# Clover
  id      Customer ID = 4KQ9Z1 | 5LR0A2 | 6MS1B3 | 7NT2C4
  -       First Name = $first
  email   Email Address = $mail
  phone   Phone Number = 2065550142 | 3125550187 | 4155550101 | 6465550199
  -       Marketing Allowed = $bool
  -       Customer Since = $stamp
# Shopware 6
  id      Kundennummer = 10017 | 10018 | 10022 | 10023
  -       Anrede = Frau | Herr | Herr | Divers
  -       Vorname = $first
  email   E-Mail-Adresse = $mail
  phone   Telefonnummer = $de
  -       PLZ = $zip
  country Land = Deutschland | Österreich | Deutschland | Schweiz
  -       USt-IdNr. = $vat
  -       Registriert am = $dmy
  -       Newsletter = Ja | Nein | Ja | Ja
# plentymarkets
  id      Contact - ID = $hs
  email   Contact - Email = $mail
  phone   Contact - Telephone = $de
  -       Contact - Newsletter allowed at = $stamp
  country Address - Country = Germany | Austria | Germany | France
# JTL-Wawi
  id      Kundennummer = K10017 | K10018 | K10022 | K10023
  email   EMail = $mail
  phone   Tel = $de
  phone   Mobil = $de?
  -       Fax = $de?
  country ISO = DE | AT | DE | CH
  -       Umsatz gesamt = 1.234,50 | 77,00 | 1.234.567,00 | 12,99
# Shopify with unsaid marketing app
  id      customer_id = $long
  email   customer_email = $mail
  phone   customer_phone = $e164
  -       marketing_email_consent = SUBSCRIBED | NOT_SUBSCRIBED | SUBSCRIBED
  -       email_consent_updated_at = $stamp
  -       sms_marketing_phone_consent = $bool
# Restaurant reservations
  -       Reservation ID = 20240131001 | 20240131002 | 20240201003 | 20240201004
  -       Guest name = $name
  email   Guest email = $mail
  phone   Guest phone = $us
  -       Covers = $count
  -       Booked by = sam@seller.example | kim@seller.example | sam@seller.example
# Hotel system
  id      Guest ID = $num
  email   Guest E-Mail = $mail
  phone   Guest Mobile = $e164
  country Nationality Country = $land
  -       Agency email = book@agency.example | res@tours.example | book@agency.example
  -       Confirmation No. = 4412345678 | 4412345679 | 4412345688 | 4412345691
  -       Passport number = 552123456 | 552123457 | 552123466 | 552123471
# Gym members
  id      Membership Number = $num
  email   Email = $mail
  phone   Mobile = $gb
  -       Emergency contact phone = $gb
  -       Emergency contact email = $work
  -       Direct debit sort code = 12-34-56 | 20-00-00 | 40-47-84
# Loyalty scheme
  id      Loyalty ID = $num
  -       Card barcode = 2981234567890 | 2981234567906 | 2981234567999 | 2981234568002
  email   Email Address = $mail
  phone   Mobile No = $gb
  -       Points balance = 1204 | 88 | 15000 | 0
  -       Last visit = $dmy
`;
