/** Lists as buyers hand them to advertising systems: hashed, with device ids, with few names. */
export const hashedFixtures = `
# Google Ads, customer match in clear text
  email Email = $mail
  email Email = $work?
  phone Phone = $e164
  phone Phone = $nil
  -     First Name = $first
  -     Last Name = $last
  country Country = $land
  -     Zip = $zip
# Google Ads, customer match hashed
  hashed_email Email = $sha
  hashed_phone Phone = $sha
  -            First Name = $sha
  -            Last Name = $sha
  country      Country = $land
  -            Zip = $zip
# Meta, custom audience
  email   email = $mail
  email   email = $work?
  phone   phone = 1-(650)-555-0142 | | 44 7700 900123 | 
  maid    madid = $uuid
  -       fn = $first
  -       ln = $last
  -       zip = $zip
  -       ct = $city
  -       st = WA | | NY | CA
  country country = $land
  -       dob = $mdy
  -       doby = 1986 | 1990 | 1971 | 2001
  -       gen = F | M | M | F
  id      uid = 1234567890 | 1443637309 | 1234567899 | 1234567811
  -       value = $money
# Meta, keys of the conversions interface, hashed
  hashed_email em = $sha
  hashed_phone ph = $sha
  -            fn = $sha
  -            ln = $sha
  -            ge = $sha
  -            db = $sha
  -            zp = $sha
  id           external_id = $num
  -            event_time = $unix
# TikTok list
  hashed_email EMAIL_SHA256 = $sha
  hashed_phone PHONE_SHA256 = $sha
  -            EMAIL_MD5 = $md5
  maid         IDFA = $uuid
  maid         GAID = $uuid
# LinkedIn matched audience
  email   email = $mail
  -       firstname = $first
  -       lastname = $last
  -       jobtitle = $title
  -       employeecompany = $firm
  country country = $land
  maid    googleaid = $uuid
# LiveRamp file
  id           CLIENT_CUSTOMER_ID = $num
  -            NAME1 = $name
  -            ADDRESS1 = $street
  -            ZIP = $zip4
  email        EMAIL1 = $mail
  email        EMAIL2 = $work?
  phone        PHONE1 = $us
  phone        PHONE2 = $us?
  hashed_email SHA256_EMAIL = $sha
  -            SEGMENT = gold | silver | gold | bronze
# LiveRamp identity
  rampid RampID = $ramp
  -      segment = auto | travel | auto | sport
# LiveRamp maintained
  rampid liveramp_ramp_id = $ramp
  maid   mobile_ad_id = $uuid
  -      device_type = ios | android | ios | android
# The Trade Desk first-party
  uid2   UID2 = $uid2
  -      TDID = $uuid
  -      ExpirationTime = $stamp
# UID2 mapper output
  hashed_email hashed_email = $sha
  uid2         advertising_id_uid2 = $uid2
  -            bucket_id = a30od4mNRd | ad1ANEmVZ2 | a30od4mNRd | ad1ANEmVZ2
# European unified
  euid    euid = $uid2
  country country_code = DE | FR | IT | ES
# ID5 list
  id5     ID5 ID = $id5
  -       last_seen = $stamp
# PAIR of a publisher
  pairid  PAIR ID = $base64
  -       segment_id = 4412 | 4413 | 4412 | 4412
# hem in a data clean room
  hashed_email HEM = $sha
  -            partner_key = $uuid
  -            load_date = $day
# hem lower and upper case
  hashed_email hem_sha256_lc = $sha
  -            hem_md5 = $md5
# capitals
  hashed_email HASHED_EMAIL = $shaUpper
  hashed_phone HASHED_PHONE = $shaUpper
# Base64
  -       email_hash_base64 = $base64
  phone   phone = $e164
# MD5 in a column called email
  -       email = $md5
  phone   mobile = $e164
# SHA-1
  -       email_sha1 = $sha1
  hashed_email email_sha256 = $sha
# MD5 and SHA-256 beside each other, with capitals
  -       MD5 Email = $md5
  hashed_email SHA256 Email = $sha
  hashed_email SHA-256 e-mail (upper) = $shaUpper
# hashed although named in clear
  id           customer_id = $num
  hashed_email email_address = $sha
  hashed_phone mobile_number = $sha
# clear although named hashed
  email   hashed_email = $mail
  phone   hashed_phone = $e164
# camel case
  hashed_email hashedEmail = $sha
  hashed_phone hashedPhoneNumber = $sha
  id           externalId = $num
# one word in lower case
  hashed_email hashedemail = $sha
  hashed_phone hashedphone = $sha
  maid         mobileadvertisingid = $uuid
# one word in capitals
  hashed_email EMAILHASH = $sha
  hashed_phone PHONEHASH = $sha
# words the other way round
  hashed_email Hash of e-mail = $sha
  hashed_phone Hash of phone number = $sha
# Snowflake columns
  id           CUSTOMER_ID = $num
  hashed_email EMAIL_ADDRESS_SHA256 = $sha
  hashed_phone PHONE_NUMBER_E164_SHA256 = $sha
  country      COUNTRY_ISO2 = $land
  -            UPDATED_AT_UTC = $stamp
  -            ROW_HASH = $sha
# hashes of other things must not be taken
  id           user_id = $uuid
  hashed_email email_sha256 = $sha
  -            address_sha256 = $sha
  -            first_name_sha256 = $sha
  -            password_hash = $sha
  -            checksum = $sha
# nameless hashes are left to a person
  -       hash = $sha
  email   email = $mail
# Snap audience
  hashed_email Email SHA-256 = $sha
  maid         Mobile Ad ID = $uuid
# Amazon audience
  hashed_email email = $sha
  hashed_phone phone = $sha
  -            first_name = $sha
  -            city = $sha
  -            zip = $sha
  country      country = $land
# Amazon audience, clear
  email   email = $mail
  phone   phone = $us
  -       first_name = $first
  -       state = WA | NY | CA | OR
  -       zip = $zip4
# app users
  id      AppUserID = $num
  maid    Advertising ID = $uuid
  -       Install ID = $uuid
  -       Device model = Phone 14 | Phone 15 | Tablet 2 | Phone 14
  -       Mobile OS = iOS 17 | Android 14 | iOS 17 | Android 13
  -       Mobile carrier = Alpha | Beta | Alpha | Gamma
  country Country = $land
# attribution export
  maid    idfa = $uuid
  -       idfv = $uuid
  maid    gps_adid = $uuid
  -       appsflyer_id = 1706688922000-1234567 | 1699225269000-2345678 | 1658224800000-3456789
  id      customer_user_id = $num
  -       install_time = $stamp
# several universal ids
  id      publisher user id = $num
  uid2    uid2_token = $uid2
  id5     id5_id = $id5
  euid    raw_euid = $uid2
# seller's own users
  id      user_id = u1 | u2 | u3 | u4
  email   email = $mail
  email   email_2 = $work?
  phone   phone = $e164
  maid    maid = $uuid
  country country = $land
# onboarding vendor, hashed thrice
  hashed_email email1_sha256 = $sha
  hashed_email email2_sha256 = $shaUpper
  hashed_email email3_sha256 = $nil
  hashed_phone phone1_sha256 = $sha
  id           record_key = $num
# prefix of a schema
  id           crm.customer.id = $num
  hashed_email crm.customer.email_sha256 = $sha
  -            crm.customer.email_opt_in = $bool
# salted hashes are no identifiers
  -       salted_email_hash = $sha
  email   email = $mail
# German agency
  hashed_email E-Mail (gehasht, SHA256) = $sha
  hashed_phone Telefon gehasht = $sha
# French agency
  hashed_email Email haché = $sha
  hashed_phone Téléphone haché (SHA-256) = $sha
`;
