import { shapeOf } from './value-shapes.ts';

/**
 * A value in a form that may be shown: enough to recognise one's own file, too little to name a person.
 * `alice@example.com` becomes `a…@e….com`; hashes and ids show only what they look like.
 */
export function maskValue(value: string): string {
  const text = value.trim();
  switch (shapeOf(text)) {
    case 'nothing':
      return '(empty)';
    case 'email':
      return maskEmail(text);
    case 'plain_phone':
    case 'phone':
    case 'digits':
      return `${text.startsWith('+') ? '+' : ''}…${String(text.replace(/\D/g, '').length)} digits`;
    case 'sha256':
      return '64 hex digits';
    case 'sha256_upper':
      return '64 hex digits in capitals';
    case 'sha1':
      return '40 hex digits';
    case 'md5':
      return '32 hex digits';
    case 'base64':
      return '44 characters of base64';
    case 'uuid':
      return 'a UUID';
    case 'country':
      return text;
    case 'other':
      return `${String(text.length)} characters`;
  }
}

function maskEmail(text: string): string {
  const at = text.indexOf('@');
  const top =
    text
      .split(/[;,|\s]/, 1)[0]!
      .split('.')
      .at(-1) ?? '';
  return `${text.slice(0, 1)}…@${text.slice(at + 1, at + 2)}….${/^[a-z]{2,10}$/i.test(top) ? top.toLowerCase() : '…'}`;
}
