/** Exports of systems that send e-mails and messages, of help desks, forms and analytics. */
export const marketingFixtures = `
# Klaviyo, list
  email   Email = $mail
  id      Klaviyo ID = 01HXAAAAAAAAAAAAAAAAAAAAA1 | 01HXAAAAAAAAAAAAAAAAAAAAA2 | 01HXAAAAAAAAAAAAAAAAAAAAA3
  -       First Name = $first
  -       Last Name = $last
  -       Organization = $firm
  -       Title = $title
  phone   Phone Number = $e164
  -       Address = $street
  -       Address 2 = $nil
  -       City = $city
  -       State / Region = Washington | Skåne | | 
  country Country = United States | Sweden | France | Portugal
  -       Zip Code = $zip4
  -       Latitude = $geo
  -       Longitude = $geo
  -       Source = $nil
  -       IP Address = $ip
  -       Timezone = America/Los_Angeles | Europe/Stockholm | Europe/Paris | Europe/Lisbon
  -       Last Open = $stamp
  -       Last Click = $stamp
  -       Profile Created On = $stamp
  -       Date Added = $stamp
  -       Email Marketing Consent = SUBSCRIBED | NEVER_SUBSCRIBED | SUBSCRIBED | UNSUBSCRIBED
  -       Email Marketing Consent Timestamp = $stamp
  -       SMS Marketing Consent = SUBSCRIBED | NEVER_SUBSCRIBED | | 
  -       SMS Consent Timestamp = $stamp
  -       Email Suppressions = | HARD_BOUNCE | | 
  -       Locale = en-US | sv-SE | fr-FR | pt-PT
# Klaviyo, events
  id      $profile_id = 01HXAAAAAAAAAAAAAAAAAAAAA1 | 01HXAAAAAAAAAAAAAAAAAAAAA2 | 01HXAAAAAAAAAAAAAAAAAAAAA3
  email   $email = $mail
  phone   $phone_number = $e164
  -       $consent_timestamp = $stamp
  -       $source = Footer form | Popup | Checkout
  country $country = $land
# Mailchimp, audience
  email   Email Address = $mail
  -       First Name = $first
  -       Last Name = $last
  -       Address = 12 Hill Road  Seattle WA 98101 US | Ringvägen 7  Malmö | | 
  phone   Phone Number = $us
  -       Birthday = 01/31 | 11/05 | 07/19 | 
  -       MEMBER_RATING = 2 | 4 | 5 | 3
  -       OPTIN_TIME = $stamp
  -       OPTIN_IP = $ip
  -       CONFIRM_TIME = $stamp
  -       CONFIRM_IP = $ip
  -       LATITUDE = $geo
  -       LONGITUDE = $geo
  -       GMTOFF = -8 | 1 | 1 | 0
  -       DSTOFF = -7 | 2 | 2 | 1
  -       TIMEZONE = America/Los_Angeles | Europe/Stockholm | Europe/Paris | Europe/Lisbon
  country CC = US | SE | FR | PT
  -       REGION = WA | M | ARA | 13
  -       LAST_CHANGED = $stamp
  id      LEID = 412345671 | 412345672 | 412345699 | 412345701
  -       EUID = 8f1c2a3b4d | 9a2d3b4c5e | 0b3e4c5d6f | 1c4f5d6e7a
  -       NOTES = $nil
  -       TAGS = "vip","spring" | | "spring" | 
# Mailchimp, a cleaned list
  email   Email Address = $mail
  -       CLEAN_TIME = $stamp
  -       CLEAN_CAMPAIGN_TITLE = Spring sale | Spring sale | Welcome
  -       CLEAN_CAMPAIGN_ID = a1b2c3d4e5 | a1b2c3d4e5 | f6a7b8c9d0
  -       Email Client = Gmail | Apple Mail | | Outlook 2016
# ActiveCampaign
  id      ID = $hs
  email   Email = $mail
  -       First Name = $first
  phone   Phone = $us
  -       Date Created = $stamp
  -       Contact Score = $count
  -       IP Address = $ip
  -       Bounced Hard = 0 | 1 | 0 | 0
  -       Last Email Open Date = $stamp
  -       *Preferred Contact Method = E-mail | Phone | E-mail | SMS
# Brevo
  id      CONTACT ID = $hs
  email   EMAIL = $mail
  -       FIRSTNAME = $first
  -       LASTNAME = $last
  phone   SMS = 12065550142 | 447700900123 | 33639981234 | 
  phone   WHATSAPP = $bare
  -       DOUBLE_OPT-IN = $yes
  -       OPT_IN = $yes
  -       EMAIL_BLOCKLISTED = $bool
  -       SMS_BLOCKLISTED = $bool
  -       ADDED_TIME = $dmy
# Braze, segment
  id      user_id = $num
  email   email = $mail
  phone   phone = $e164
  country country = $land
  -       braze_id = 65a1b2c3d4e5f60718293a4b | 65a1b2c3d4e5f60718293a4c | 65a1b2c3d4e5f60718293a4d
  -       email_subscribe = opted_in | subscribed | unsubscribed | subscribed
  -       push_subscribe = subscribed | subscribed | | 
  -       email_opted_in_at = $stamp
  -       sms_subscription_group_id = $uuid
# Iterable, users
  email   email = $mail
  id      userId = $uuid
  phone   phoneNumber = $e164
  -       phoneNumberDetails.carrier = Alpha | Beta | | Gamma
  -       signupDate = $stamp
  -       emailListIds = [12, 88] | [12] | [] | [88]
  -       unsubscribedMessageTypeIds = [] | [4] | [] | []
  -       receivedSMSDisclaimer = $bool
# Customer.io
  id      id = $num
  email   email = $mail
  -       created_at = $unix
  -       cio_id = 0d1700000701 | 0d1700000702 | 0d1700000703
  phone   phone = $e164
  -       unsubscribed = $bool
  -       last_opened_email_at = $unix
# Omnisend
  email   Email = $mail
  phone   Phone number = $e164?
  -       Email status = Subscribed | Non-subscribed | Unsubscribed | Subscribed
  -       Email status date = $stamp
  -       SMS status = Non-subscribed | Non-subscribed | Subscribed | 
  -       Email opt-in IP = $ip
  country Country code = $land
  -       Postal code = $zip
# Campaign Monitor
  -       Name = $name
  email   Email Address = $mail
  -       Date Subscribed = $stamp
  -       Permission to track = Yes | No | Unknown | Yes
  -       Email client = Gmail | Outlook | Apple Mail | 
  phone   Mobile number = $gb
# ConvertKit
  email   email = $mail
  -       first_name = $first
  -       status = active | cancelled | active | bounced
  -       created_at = $stamp
  -       referrer = $url
  -       referrer_email = $work
# Drip
  id      id = z1togz2hcjrkpp5treip | a1togz2hcjrkpp5treip | b1togz2hcjrkpp5treip
  email   email = $mail
  phone   sms_number = $e164
  -       sms_consent = $bool
  -       eu_consent = granted | unknown | denied | granted
  -       lifetime_value = $money
# Attentive
  phone   PHONE = $bare
  email   EMAIL = $mail
  -       SIGN_UP_TIME = $stamp
  -       SIGN_UP_SOURCE = Popup | Text to join | Popup
  id      CLIENT_USER_ID = $num
# Postscript
  phone   Phone Number = +12065550142 | +13125550187 | +14155550101
  email   Email = $mail?
  -       Subscribed At = $stamp
  -       Opt In Keyword = JOIN | SAVE10 | JOIN
# Twilio message log
  phone   To = +12065550142 | +13125550187 | +14155550101 | +16465550199
  -       SentDate = $stamp
  -       Body = Hello | Your code is sent | Thanks
  -       Sid = SM00000000000000000000000000000001 | SM00000000000000000000000000000002 | SM00000000000000000000000000000003
# SendGrid, contacts
  email   EMAIL = $mail
  email   ALTERNATE_EMAILS = second@example.com, third@example.org | | fourth@mail.test | 
  phone   PHONE_NUMBER = $us
  phone   WHATSAPP = $nil
  country COUNTRY = $land
  id      CONTACT_ID = $uuid
  -       CREATED_AT = $stamp
# SendGrid, bounces
  -       status = 5.1.1 | 5.2.2 | 5.1.1
  -       reason = unknown user | mailbox full | unknown user
  email   email = $mail
  -       created = $unix
# Mailjet
  email   Email = $mail
  -       IsExcludedFromCampaigns = $bool
  -       CreatedAt = $stamp
  -       LastEmailSentAt = $stamp
# Marketo, leads
  id      Id = $hs
  email   Email Address = $mail
  phone   Phone Number = $us
  phone   Mobile Phone Number = $us?
  -       Fax Number = $us?
  -       Main Phone = $nil
  -       Marketing Suspended = $bool
  -       Email Invalid = $bool
  -       Email Invalid Cause = | 550 5.1.1 | | 
  -       Lead Owner Email Address = $staff
  -       Lead Owner Phone Number = 312-555-0100 | 312-555-0101 | 312-555-0100
  -       Sales Email Address = $staff
  -       SFDC Id = $sf
  country Country = $land
  -       Inferred Country = United States | Germany | France | Japan
  -       Inferred Phone Area Code = 206 | 312 | 415 | 646
# Pardot, prospects
  id      Prospect Id = $hs
  email   Email = $mail
  phone   Phone = $us
  -       Fax = $us?
  -       Opted out = 0 | 0 | 1 | 0
  -       Email bounced date = $nil
  -       Assigned user email = $staff
  -       Last activity at = $stamp
# Eloqua
  email   Email Address = $mail
  -       Email Address Domain = $domain
  phone   Business Phone = $us
  phone   Mobile Phone = $us?
  -       Fax = $us?
  -       Salesperson = $name
  id      Eloqua Contact ID = CELOQ000000012345 | CELOQ000000012346 | CELOQ000000012355
  -       Email Display Name = Ada | Björn | Chen
# Adobe Campaign, recipients
  id      Recipient ID = $hs
  email   Email = $mail
  phone   Mobile = $fr
  -       No longer contact by email = $bool
  -       No longer contact by phone = $bool
  -       Email format = HTML | Text | HTML
  -       Blacklist = $bool
# Emarsys
  id      User ID = $num
  email   E-Mail = $mail
  phone   Mobile = $de
  -       Opt-In = True | False | True
  -       Preferred e-mail format = HTML | HTML | text
  -       Avg. length of visit (minutes) = $count
# Typeform answers
  id      # = 0a1b2c3d | 1b2c3d4e | 2c3d4e5f
  email   What's your email address? = $mail
  phone   And your phone number, please? = $us
  -       May we contact you by email or phone? = Yes | No | Yes | Yes
  country Which country do you live in? = Canada | France | Canada | Spain
  -       Submitted At = $stamp
# Google Forms answers
  -       Timestamp = 1/31/2024 8:15:22 | 11/5/2023 23:01:09 | 7/19/2022 10:00:00
  email   Email Address = $mail
  phone   Contact number = $us
  -       How did you hear about us? = Friend | Ad | Search
  -       I agree to receive emails = Yes | Yes | No
# Facebook lead ads
  id      id = l:1234567890123456 | l:1234567890123457 | l:1234567890123499
  -       created_time = $stamp
  -       ad_id = ag:2385000000001 | ag:2385000000002 | ag:2385000000002
  -       form_id = f:998877665544 | f:998877665544 | f:998877665544
  -       platform = ig | fb | fb
  email   email = $mail
  phone   phone_number = p:+12065550142 | p:+13125550187 | p:+14155550101
  -       full_name = $name
# LinkedIn lead forms
  -       Campaign Name = Q1 | Q1 | Q2
  -       First name = $first
  email   Email address = $mail
  email   Work email = $work?
  phone   Phone number = $e164?
  country Country/Region = Ireland | Germany | France
  -       Job title = $title
# Calendly
  -       Event Type Name = Intro | Demo | Intro
  -       Invitee Name = $name
  email   Invitee Email = $mail
  phone   Text Reminder Number = $e164?
  -       User Email = $staff
  -       Start Date & Time = $stamp
  -       Guest Email(s) = $work?
# Zoom webinar registrants
  -       First Name = $first
  email   Email = $mail
  -       Registration Time = $stamp
  -       Approval Status = approved | approved | cancelled
  phone   Phone = $us
  country Country/Region = US | DE | FR
  -       Host Email = $staff
# Gravity Forms
  id      Entry Id = $num
  email   Email = $mail
  phone   Phone = $us
  -       Consent (Consent) = Checked | | Checked
  country Address (Country) = United States | Canada | United States
  -       User IP = $ip
  -       Source Url = $url
# Segment traits
  id      user_id = $uuid
  -       anonymous_id = $uuid
  email   traits.email = $mail
  phone   traits.phone = $e164
  country traits.address.country = $land
  -       context.ip = $ip
  -       context.device.id = $uuid
# Mixpanel people
  id      $distinct_id = $num
  email   $email = $mail
  phone   $phone = $e164?
  -       $last_seen = $stamp
  country $country_code = $land
# SurveyMonkey
  id      Respondent ID = 114000000001 | 114000000002 | 114000000009
  -       Collector ID = 400123456 | 400123456 | 400123457
  -       Start Date = $stamp
  -       IP Address = $ip
  email   Email Address = $mail
  -       Custom Data 1 = $nil
# Jotform
  -       Submission Date = $stamp
  email   E-mail = $mail
  phone   Phone Number = $us
  phone   Alternate Phone Number = $us?
  -       Submission ID = 5812345678901234567 | 5812345678901234568 | 5812345678901234599
  -       Order total (USD) = 1 299 500 | 129.90 | 2 045 500
# Help desk with requester and agent
  -       Ticket ID = 100200301 | 100200302 | 100200319
  -       Requester = $name
  email   Requester email = $mail
  phone   Requester phone = $us
  -       Assignee email = $staff
  -       Agent phone = 312-555-0100 | 312-555-0101 | 312-555-0100
  -       CC emails = $work?
# Patreon members
  -       Name = $name
  email   Email = $mail
  -       Patron Status = Active patron | Former patron | Active patron
  -       Lifetime Amount = $money
  -       Last Charge Date = $stamp
  phone   Phone = $nil
  country Country = $land
  id      User ID = 12345678 | 23456789 | 34567891
# Substack
  email   Email = $mail
  -       Name = $name
  -       Emails received (6mo) = $count
  -       Emails opened (6mo) = $count
  -       Last email open = $stamp
  -       Revenue = $money
  country Country = $land
`;
