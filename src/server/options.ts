import { limits } from '../base/limits.ts';
import { parseNetwork } from '../platform/outbound/public-address.ts';
import { isTimeZone, parseMatchSchedule } from '../service/lifecycle/parse-schedule.ts';
import type { MatchSchedule } from '../service/lifecycle/schedule.ts';
import { boolean, choice, integer, list, text, UsageFault } from './options-table.ts';
import type { OptionTable, OptionValues } from './options-table.ts';

/** The setting that nearly every command shares. */
export const dataOption = text({
  name: 'data',
  fallback: './data',
  placeholder: 'DIR',
  help: 'Directory that holds the database and the token key.',
});

/** The secret that everything at rest is keyed with. Every command that opens a data directory takes it. */
export const secretOption = text({
  name: 'secret',
  fallback: '',
  secret: true,
  placeholder: 'HEX',
  help: 'The 64 hexadecimal digits that tokens are keyed with; empty: the file secret.key in the data directory. ROLLCALL_SECRET_FILE names a file instead.',
});

/** Other users of the machine see the arguments of a process. */
function holdsPassword(value: string): boolean {
  const url = URL.parse(value);
  return url !== null && (url.password !== '' || url.searchParams.has('password'));
}

/** The value may hold a password, so it is not repeated. */
function databaseAddress(value: string): string {
  const protocol = URL.parse(value)?.protocol;
  if (value === '' || protocol === 'postgres:' || protocol === 'postgresql:') return value;
  throw new UsageFault(
    'database-url takes an address such as postgres://user:password@host/database; empty: the embedded database.',
  );
}

/** Addresses and networks, as they were written. */
export function networksNamed(name: string): (value: string) => readonly string[] {
  return (value) => {
    const parts = value
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '');
    if (parts.every((part) => parseNetwork(part) !== null)) return parts;
    throw new UsageFault(`${name} takes an address or a network, such as 127.0.0.1 or 10.1.0.0/16.`);
  };
}

const networks = networksNamed('allow-network');
const trustedProxies = networksNamed('trust-proxy');

/** An address that others reach the server under, as it goes into documents; without a slash at its end. */
function publicAddress(value: string): string {
  if (value === '') return value;
  const url = URL.parse(value);
  const isPlain = url !== null && url.username === '' && url.search === '' && url.hash === '';
  if (isPlain && (url.protocol === 'https:' || url.protocol === 'http:')) {
    return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
  }
  throw new UsageFault('public-url takes an address such as https://seller.example, without ? and #.');
}

/** Every setting of `rollcall serve`. The environment's name follows from the name: ROLLCALL_MINIMUM_SIZE. */
export const serveOptions = {
  host: text({
    name: 'host',
    fallback: '127.0.0.1',
    placeholder: 'ADDRESS',
    help: 'Address to listen on; 0.0.0.0 for all.',
  }),
  port: integer({
    name: 'port',
    fallback: 8080,
    min: 0,
    max: 65_535,
    placeholder: 'PORT',
    example: '8080',
    help: 'Port to listen on; 0 picks a free one. PORT in the environment is honoured too.',
  }),
  data: { ...dataOption, example: './data' },
  databaseUrl: {
    ...text({
      name: 'database-url',
      fallback: '',
      placeholder: 'URL',
      help: 'A Postgres database, 15 to 18: postgres://user:password@host/database. Empty: the embedded one in the data directory. ROLLCALL_DATABASE_URL_FILE names a file that holds it.',
    }),
    parse: databaseAddress,
    isSecretValue: holdsPassword,
  },
  minimumSize: integer({
    name: 'minimum-size',
    fallback: 1_000,
    min: limits.minimumAudienceSizeFloor,
    max: 1_000_000_000,
    help: 'Matched members that an audience needs to be ready; sandbox accounts need 1.',
  }),
  waitMs: integer({
    name: 'wait-ms',
    fallback: 1_000,
    min: 0,
    max: 30_000,
    placeholder: 'MS',
    help: 'How long a sync waits for matching before it answers; 0 answers at once.',
  }),
  matchSchedule: text({
    name: 'match-schedule',
    fallback: 'immediate',
    placeholder: 'WHEN',
    help: 'When accepted members are matched: immediate, in runs such as "every 15m", or in daily windows such as 02:00-05:00 (several with commas).',
  }),
  matchTimezone: text({
    name: 'match-timezone',
    fallback: 'UTC',
    placeholder: 'ZONE',
    help: 'Time zone of the windows of match-schedule, such as Europe/Berlin.',
  }),
  sandbox: boolean({
    name: 'sandbox',
    fallback: true,
    help: 'Serve sandbox accounts, and let buyers declare them.',
  }),
  buyerAccounts: boolean({
    name: 'buyer-accounts',
    fallback: true,
    help: 'Let buyers create accounts with sync_accounts.',
  }),
  logLevel: choice({
    name: 'log-level',
    fallback: 'info',
    choices: ['debug', 'info', 'warn', 'error'],
    help: 'Lines below this level are not written.',
  }),
  allowHost: list({
    name: 'allow-host',
    fallback: [],
    placeholder: 'NAME',
    help: 'Name under which callers may address the server, besides the address it listens on; may be repeated.',
  }),
  forwarding: boolean({
    name: 'forwarding',
    fallback: false,
    help: 'Let callers switch forwarding on for their accounts and name sellers to push to; the command line always can.',
  }),
  writeRate: integer({
    name: 'write-rate',
    fallback: 60,
    min: 0,
    max: 1_000_000,
    help: 'Changing calls a second that one caller may make for one account, five times as many at once; 0 for no limit.',
  }),
  readRate: integer({
    name: 'read-rate',
    fallback: 300,
    min: 0,
    max: 1_000_000,
    help: 'The same for calls that read.',
  }),
  failureRate: integer({
    name: 'failure-rate',
    fallback: 10,
    min: 0,
    max: 1_000_000,
    help: 'Bad credentials a minute from one address, beyond which it is refused unseen; 0 for no limit.',
  }),
  trustProxy: {
    ...list({
      name: 'trust-proxy',
      fallback: [],
      placeholder: 'CIDR',
      help: 'Address or network of a proxy in front whose X-Forwarded-For is believed; may be repeated.',
    }),
    parse: trustedProxies,
  },
  signedRequests: boolean({
    name: 'signed-requests',
    fallback: false,
    help: 'Look at RFC 9421 signatures of requests: those of signers that are registered are good, broken ones are refused.',
  }),
  signedFor: list({
    name: 'signed-for',
    fallback: [],
    placeholder: 'OPERATION',
    help: 'AdCP operation that must be signed by whoever sends no API key, such as sync_audiences; may be repeated.',
  }),
  signedDigest: choice({
    name: 'signed-digest',
    fallback: 'either',
    choices: ['either', 'required', 'forbidden'],
    help: 'Whether signatures of requests must cover the digest of the body.',
  }),
  allowNetwork: {
    ...list({
      name: 'allow-network',
      fallback: [],
      placeholder: 'CIDR',
      help: 'Network of your own to which audiences may be pushed, over plain http too, such as 10.1.0.0/16, or 127.0.0.1 for this machine; may be repeated.',
    }),
    parse: networks,
  },
  products: text({
    name: 'products',
    fallback: '',
    placeholder: 'FILE',
    help: 'JSON file with the products that can be bought; empty: one product for display on the whole network.',
  }),
  testController: boolean({
    name: 'test-controller',
    fallback: false,
    help: 'Serve comply_test_controller, with which callers force states of their sandbox accounts. For tests; never where real buyers are.',
  }),
  drainMs: integer({
    name: 'drain-ms',
    fallback: 0,
    min: 0,
    max: 60_000,
    placeholder: 'MS',
    help: 'How long a server that is told to end takes calls while /readyz says that it stops, for whoever shares calls out to notice.',
  }),
  publicUrl: {
    ...text({
      name: 'public-url',
      fallback: '',
      placeholder: 'URL',
      help: 'Address of the server as callers see it, through a proxy for instance; its name is allowed too. Empty: the one that a request names.',
    }),
    parse: publicAddress,
  },
} as const satisfies OptionTable;

/** Throws UsageFault that says what a schedule looks like. */
export function matchScheduleOf(
  settings: Pick<ServeSettings, 'matchSchedule' | 'matchTimezone'>,
): MatchSchedule {
  const { matchSchedule, matchTimezone } = settings;
  if (!isTimeZone(matchTimezone)) {
    throw new UsageFault('match-timezone takes a time zone such as UTC or Europe/Berlin.');
  }
  const schedule = parseMatchSchedule(matchSchedule, matchTimezone);
  if (schedule !== null) return schedule;
  throw new UsageFault(
    'match-schedule takes immediate, an interval from "every 1s" to "every 24h", or windows such as 02:00-05:00,22:00-23:30.',
  );
}

export type ServeSettings = OptionValues<typeof serveOptions>;

/** Every setting that the environment or the configuration file may hold. */
export const settings: OptionTable = { ...serveOptions, secret: secretOption };
