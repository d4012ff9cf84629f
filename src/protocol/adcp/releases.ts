import { AppError } from '../../base/faults.ts';
import type { JsonObject } from '../../engine/types.ts';
import type { Generation } from '../../service/api.ts';
import { ArgumentReader, IssueList } from './argument-reader.ts';
import { isLegacyCall } from './call-mode.ts';

/** AdCP releases served here, lowest first. All are stable: a prerelease is served only to callers that name it. */
export const releases = ['3.0', '3.1'] as const;
export type Release = (typeof releases)[number];

/** For a caller that names no release. Source: AdCP versioning: the server's default for the endpoint. */
export const defaultRelease: Release = '3.1';

export const majorVersion = 3;

const releasePattern = /^\d{1,4}\.\d{1,4}(-[a-zA-Z0-9.-]{1,64})?$/;

function unsupported(says: string, asked: JsonObject): AppError {
  return new AppError('VERSION_UNSUPPORTED', says, {
    field: Object.hasOwn(asked, 'adcp_version') ? 'adcp_version' : 'adcp_major_version',
    suggestion: `Send adcp_version ${releases.join(' or ')}, or leave the version fields out.`,
    details: { supported_versions: releases, supported_majors: [majorVersion], ...asked },
  });
}

/**
 * The generation that a call is answered in. Source: AdCP versioning, server resolution: the named release
 * if it is served, else the highest served one below it in the same major; prereleases match only exactly.
 */
export function negotiate(operation: string, args: JsonObject): Generation {
  const issues = new IssueList();
  const reader = new ArgumentReader(args, [], issues);
  const pin = reader.string('adcp_version', {
    charsMax: 80,
    pattern: releasePattern,
    patternSays: 'a release without a patch number, such as 3.1',
  });
  const major = reader.integer('adcp_major_version', 1, 99);
  issues.settle();
  const asked = {
    ...(pin === undefined ? {} : { adcp_version: pin }),
    ...(major === undefined ? {} : { adcp_major_version: major }),
  };
  if (pin === undefined) {
    if (major !== undefined && major !== majorVersion) {
      throw unsupported(`AdCP ${major} is not served here.`, asked);
    }
    return isLegacyCall(operation, args) ? 'legacy' : defaultRelease;
  }
  const [pinMajor, pinMinor] = pin.split('-')[0]!.split('.').map(Number) as [number, number];
  if (major !== undefined && major !== pinMajor) {
    throw unsupported('adcp_version and adcp_major_version name different majors.', asked);
  }
  if (pinMajor !== majorVersion) throw unsupported(`AdCP ${pinMajor} is not served here.`, asked);
  if (pin.includes('-')) throw unsupported('This prerelease of AdCP is not served here.', asked);
  const served = releases.findLast((release) => Number(release.split('.')[1]) <= pinMinor);
  if (served === undefined) throw unsupported('This release of AdCP is not served here.', asked);
  return served;
}
