/** Whether there is somebody at the address: name, connection, certificate, clock. */
import { lookup } from 'node:dns/promises';
import { connect } from 'node:tls';

import { systemClock } from '../../platform/clock.ts';
import { doubt, good, wrong, type Finding } from './finding.ts';

const msMax = 5_000;
const dayMs = 86_400_000;
/** Signatures and deadlines allow for a minute. Source: AdCP, signed requests. */
const skewMsMax = 60_000;
const certificateDaysMin = 14;

const loopback = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Stops at the first that is wrong: what follows would only repeat it. */
export async function checkReach(address: string): Promise<readonly Finding[]> {
  const url = new URL(address);
  const findings: Finding[] = [checkScheme(url)];
  const name = await checkName(url.hostname);
  findings.push(name);
  if (name.state === 'wrong') return findings;
  if (url.protocol === 'https:') {
    const certificate = await checkCertificate(url);
    findings.push(certificate);
    if (certificate.state === 'wrong') return findings;
  }
  return [...findings, ...(await checkAnswer(url))];
}

function checkScheme({ protocol, hostname }: URL): Finding {
  if (protocol === 'https:') return good('address', 'The address is encrypted (https).');
  if (loopback.has(hostname)) return good('address', 'The address is on this machine.');
  return doubt(
    'address',
    'The address is not encrypted: key and hashes can be read on the way.',
    'Use https://.',
  );
}

async function checkName(hostname: string): Promise<Finding> {
  try {
    const { address } = await lookup(hostname.replaceAll(/[[\]]/g, ''));
    return good('name', `${hostname} is ${address}.`);
  } catch {
    const fix = 'Check the spelling, the network and a proxy that may be needed.';
    return wrong('name', 'temporary', `There is no address for ${hostname}.`, fix);
  }
}

async function checkCertificate({ hostname, port }: URL): Promise<Finding> {
  return new Promise((resolve) => {
    const options = { host: hostname, port: port === '' ? 443 : Number(port), servername: hostname };
    const socket = connect({ ...options, timeout: msMax }, () => {
      const until = Date.parse(socket.getPeerCertificate().valid_to);
      const days = Math.floor((until - systemClock.now()) / dayMs);
      socket.destroy();
      const seen = `The certificate is good for ${days} more days.`;
      resolve(
        days >= certificateDaysMin
          ? good('certificate', seen)
          : doubt('certificate', seen, 'Tell the seller.'),
      );
    });
    socket.once('timeout', () => socket.destroy(new Error('no answer in time')));
    socket.once('error', (error: NodeJS.ErrnoException) => {
      const fix = 'If the name is right, the seller has to mend it; never push without it.';
      resolve(
        wrong(
          'certificate',
          'failure',
          `The encrypted connection fails: ${error.code ?? error.message}.`,
          fix,
        ),
      );
    });
  });
}

async function checkAnswer(url: URL): Promise<readonly Finding[]> {
  const began = systemClock.monotonic();
  try {
    const response = await fetch(url, {
      method: 'GET',
      redirect: 'manual',
      signal: AbortSignal.timeout(msMax),
    });
    await response.body?.cancel();
    const ms = Math.round(systemClock.monotonic() - began);
    return [
      good('reach', `Somebody answers after ${ms} ms (HTTP ${response.status}).`),
      checkClock(response),
    ];
  } catch {
    const fix = 'Check host and port, and whether a firewall lets this machine out.';
    return [wrong('reach', 'temporary', `Nobody answers at ${url.host}.`, fix)];
  }
}

function checkClock(response: Response): Finding {
  const theirs = Date.parse(response.headers.get('date') ?? '');
  if (Number.isNaN(theirs))
    return doubt('clock', 'The seller does not say what time it is.', 'Check your own clock.');
  const seconds = Math.round(Math.abs(theirs - systemClock.now()) / 1000);
  if (seconds * 1000 <= skewMsMax) return good('clock', `The clocks agree within ${Math.max(1, seconds)} s.`);
  const fix =
    'Set this machine’s clock (timedatectl set-ntp true); signatures fail and deadlines are missed.';
  return wrong('clock', 'failure', `This clock and the seller’s differ by ${seconds} s.`, fix);
}
