import { readFileSync } from 'node:fs';
import { text as textOf } from 'node:stream/consumers';

import { UsageFault } from '../server/options-table.ts';
import { CommandFault } from './exit-codes.ts';

/** Where another seller's key is read from. Never from an argument: other users of the machine see those. */
export interface CredentialSource {
  /** A file, `-` for standard input, or empty. */
  readonly file: string;
  /** A variable of the environment, or empty. */
  readonly variable: string;
}

/** The credential, or null when no source is named. */
export async function readCredential({ file, variable }: CredentialSource): Promise<string | null> {
  if (file !== '' && variable !== '') {
    throw new UsageFault('Name one source of the credential: --credential-file or --credential-env.');
  }
  if (file === '' && variable === '') return null;
  const given = variable === '' ? await readText(file) : (process.env[variable] ?? '');
  const credential = given.trim();
  if (credential !== '') return credential;
  throw new CommandFault('badInput', `There is no credential in ${variable === '' ? file : variable}.`);
}

async function readText(file: string): Promise<string> {
  if (file === '-') return textOf(process.stdin);
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new CommandFault('badInput', `The file ${file} cannot be read.`, error);
  }
}
