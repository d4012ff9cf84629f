import { UsageFault, type OptionTable } from '../server/options-table.ts';

/**
 * Secrets of the environment may lie in files, as container engines and systemd hand them out: `NAME_FILE` names the file that holds
 * what NAME would. Puts each into the environment of this process, which its threads inherit and no other process sees.
 * Throws UsageFault that names the variable and never what is in the file.
 */
export function takeSecretFiles(
  environment: Record<string, string | undefined>,
  settings: OptionTable,
  readText: (path: string) => string,
): void {
  for (const option of Object.values(settings)) {
    if (option.env === null || !(option.secret || option.isSecretValue !== undefined)) continue;
    const name = `${option.env}_FILE`;
    const path = environment[name];
    delete environment[name];
    if (path === undefined || path === '') continue;
    if ((environment[option.env] ?? '') !== '') {
      throw new UsageFault(`${option.env} and ${name} are both set; set one of them.`);
    }
    environment[option.env] = secretIn(path, name, readText);
  }
}

function secretIn(path: string, name: string, readText: (path: string) => string): string {
  let text: string;
  try {
    text = readText(path).trim();
  } catch (cause) {
    throw new UsageFault(`The file ${path} that ${name} names cannot be read.`, { cause });
  }
  if (text === '') throw new UsageFault(`The file ${path} that ${name} names is empty.`);
  return text;
}
