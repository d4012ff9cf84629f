import { isIP } from 'node:net';

import { receiveLimits } from '../../client/webhooks/receive-limits.ts';
import type { AnswerRule } from '../../client/webhooks/reception.ts';
import { boolean, integer, text, UsageFault } from '../../server/options-table.ts';
import type { OptionTable, OptionValues } from '../../server/options-table.ts';
import { serveOptions } from '../../server/options.ts';

/** The options of `rollcall listen`. Only `allow-network` is a setting that it shares with the server. */
export const listenOptions = {
  port: integer({
    name: 'port',
    fallback: 4747,
    min: 0,
    max: 65_535,
    setting: false,
    placeholder: 'PORT',
    help: 'Port to receive on; 0 picks a free one.',
  }),
  host: text({
    name: 'host',
    fallback: '127.0.0.1',
    setting: false,
    placeholder: 'ADDRESS',
    help: 'Address to receive on; one that other machines reach needs --expose.',
  }),
  path: text({
    name: 'path',
    fallback: '/webhooks',
    setting: false,
    placeholder: 'PATH',
    help: 'Path to receive at.',
  }),
  publicUrl: text({
    name: 'public-url',
    fallback: '',
    setting: false,
    placeholder: 'URL',
    help: 'The address before the path as the seller sees it, that of a tunnel for instance; signatures cover it. Empty: the Host header, without TLS.',
  }),
  expose: boolean({
    name: 'expose',
    fallback: false,
    setting: false,
    help: 'Receive on an address that other machines reach.',
  }),
  seller: text({
    name: 'seller',
    fallback: '',
    setting: false,
    placeholder: 'URL',
    example: 'http://127.0.0.1:8080/mcp',
    help: 'MCP address of the seller; its keys are found from there, by get_adcp_capabilities and brand.json.',
  }),
  jwksUrl: text({
    name: 'jwks-url',
    fallback: '',
    setting: false,
    placeholder: 'URL',
    help: 'Address of the seller’s key set instead.',
  }),
  jwks: text({
    name: 'jwks',
    fallback: '',
    setting: false,
    placeholder: 'FILE',
    help: 'File with the seller’s key set instead.',
  }),
  secretFile: text({
    name: 'secret-file',
    fallback: '',
    setting: false,
    placeholder: 'FILE',
    help: 'File with the authentication.credentials that were registered, for HMAC-SHA256 and Bearer.',
  }),
  tokenFile: text({
    name: 'token-file',
    fallback: '',
    setting: false,
    placeholder: 'FILE',
    help: 'File with the token that was registered; whether it comes back is shown, the token is not.',
  }),
  forward: text({
    name: 'forward',
    fallback: '',
    setting: false,
    placeholder: 'URL',
    help: 'Pass every delivery on to your own server, byte for byte; the seller gets its answer.',
  }),
  respond: text({
    name: 'respond',
    fallback: 'auto',
    setting: false,
    placeholder: 'STATUS',
    help: 'Answer every delivery with this status, or hang; auto: 2xx, 401 or 409, as a good receiver does.',
  }),
  failRate: text({
    name: 'fail-rate',
    fallback: '0',
    setting: false,
    placeholder: 'SHARE',
    help: 'Share of deliveries, 0 to 1, that are answered 503, to see retries.',
  }),
  max: integer({
    name: 'max',
    fallback: 0,
    min: 0,
    max: receiveLimits.deliveryCountMax,
    setting: false,
    help: 'End after so many deliveries; 0: with Ctrl-C.',
  }),
  allowNetwork: {
    ...serveOptions.allowNetwork,
    help: 'Network of your own, besides this machine, from which keys may be fetched, over plain http too; may be repeated.',
  },
  selfTest: boolean({
    name: 'self-test',
    fallback: false,
    setting: false,
    help: 'Send itself good and bad deliveries, show what it says about each, and end.',
  }),
} as const satisfies OptionTable;

export type ListenValues = OptionValues<typeof listenOptions>;

/** Where keys are taken from; at most one is named. */
export type KeyPlace =
  | { readonly kind: 'seller' | 'jwks-url'; readonly url: string }
  | { readonly kind: 'jwks'; readonly file: string };

/** The options, checked and put together. */
export interface ListenSettings {
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly publicUrl: string;
  readonly keys: KeyPlace | null;
  readonly secretFile: string;
  readonly tokenFile: string;
  readonly rule: AnswerRule;
  /** 0: no end. */
  readonly max: number;
  readonly allowNetwork: readonly string[];
}

/** Throws UsageFault that says which option does not fit and what would. */
export function listenSettings(values: ListenValues): ListenSettings {
  const { host, port, path, secretFile, tokenFile, max, allowNetwork } = values;
  if (!/^\/[\w\-./~%]*$/.test(path))
    throw new UsageFault('--path takes a path such as /webhooks, without ? and #.');
  if (!values.expose && !isLoopback(host)) {
    throw new UsageFault(
      `Other machines reach ${host}: say --expose if that is meant, or leave --host out and use a tunnel with --public-url.`,
    );
  }
  return {
    host,
    port,
    path,
    publicUrl: publicUrlOf(values.publicUrl),
    keys: keyPlaceOf(values),
    secretFile,
    tokenFile,
    rule: ruleOf(values),
    max,
    allowNetwork,
  };
}

/** Names other than localhost could lead anywhere. */
function isLoopback(host: string): boolean {
  if (isIP(host) === 4) return host.startsWith('127.');
  return host === '::1' || host === 'localhost';
}

function publicUrlOf(value: string): string {
  if (value === '') return '';
  const url = httpUrl('public-url', value, 'https://abc.tunnel.example');
  if (url.username !== '' || url.search !== '' || url.hash !== '') {
    throw new UsageFault(
      '--public-url takes an address such as https://abc.tunnel.example, without user, ? and #.',
    );
  }
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
}

function httpUrl(name: string, value: string, example: string): URL {
  const url = URL.parse(value);
  if (url !== null && (url.protocol === 'http:' || url.protocol === 'https:')) return url;
  throw new UsageFault(`--${name} takes an address such as ${example}.`);
}

function keyPlaceOf({ seller, jwksUrl, jwks }: ListenValues): KeyPlace | null {
  const named = [seller, jwksUrl, jwks].filter((value) => value !== '');
  if (named.length > 1) throw new UsageFault('Name one source of keys: --seller, --jwks-url or --jwks.');
  if (seller !== '') {
    httpUrl('seller', seller, 'https://seller.example/mcp');
    // As it was typed: brand.json lists addresses that are compared byte for byte.
    return { kind: 'seller', url: seller };
  }
  if (jwksUrl !== '') {
    return {
      kind: 'jwks-url',
      url: httpUrl('jwks-url', jwksUrl, 'https://seller.example/.well-known/jwks.json').href,
    };
  }
  return jwks === '' ? null : { kind: 'jwks', file: jwks };
}

function ruleOf({ respond, failRate, forward }: ListenValues): AnswerRule {
  const share = /^(?:0|1|0?\.\d{1,6}|[01]\.\d{1,6})$/.test(failRate) ? Number(failRate) : Number.NaN;
  if (!(share >= 0 && share <= 1))
    throw new UsageFault('--fail-rate takes a share from 0 to 1, such as 0.3.');
  if (forward !== '' && respond !== 'auto') {
    throw new UsageFault('--respond and --forward both say what is answered: leave one out.');
  }
  return {
    respond: respondOf(respond),
    failRate: share,
    forward: forward === '' ? null : httpUrl('forward', forward, 'http://localhost:3000/webhooks'),
  };
}

function respondOf(value: string): AnswerRule['respond'] {
  if (value === 'auto' || value === 'hang') return value;
  if (/^[2-5]\d\d$/.test(value)) return Number(value);
  throw new UsageFault('--respond takes a status from 200 to 599, hang, or auto.');
}
