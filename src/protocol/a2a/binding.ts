import { HTTP_EXTENSION_HEADER, A2A_VERSION_HEADER } from 'a2a-sdk-v1';

import type { RequestHead } from '../endpoint.ts';

/**
 * The versions of A2A, here called bindings, that share the path: 1.0 under AdCP's profile, and 0.3 for clients of before it. They differ in
 * method names, in the shapes of messages, tasks and errors, and in nothing that the service knows of.
 */
export type A2aBinding = '1.0' | '0.3';

/** The AdCP profile of A2A. Source: AdCP a2a-profile-extension, version 3. */
export const adcpExtension = 'https://adcontextprotocol.org/extensions/adcp/v3';

export const extensionsHeader = HTTP_EXTENSION_HEADER.toLowerCase();
const versionHeader = A2A_VERSION_HEADER.toLowerCase();

/** What a method does, whatever its name in a binding. */
export type A2aMethod = 'send' | 'get' | 'list' | 'cancel' | 'stream' | 'push' | 'card';

const methods: Readonly<Record<A2aBinding, Readonly<Record<string, A2aMethod>>>> = {
  '1.0': {
    SendMessage: 'send',
    GetTask: 'get',
    ListTasks: 'list',
    CancelTask: 'cancel',
    SendStreamingMessage: 'stream',
    SubscribeToTask: 'stream',
    CreateTaskPushNotificationConfig: 'push',
    GetTaskPushNotificationConfig: 'push',
    ListTaskPushNotificationConfigs: 'push',
    DeleteTaskPushNotificationConfig: 'push',
    GetExtendedAgentCard: 'card',
  },
  '0.3': {
    'message/send': 'send',
    'tasks/get': 'get',
    'tasks/cancel': 'cancel',
    'message/stream': 'stream',
    'tasks/resubscribe': 'stream',
    'tasks/pushNotificationConfig/set': 'push',
    'tasks/pushNotificationConfig/get': 'push',
    'tasks/pushNotificationConfig/list': 'push',
    'tasks/pushNotificationConfig/delete': 'push',
    'agent/getAuthenticatedExtendedCard': 'card',
  },
};

/** The binding that the header names; null when it names one that is not served. Source: A2A 1.0, service parameters: no header means 0.3, and a patch number does not count. */
export function namedBinding(head: RequestHead): A2aBinding | null {
  const version = head.headers[versionHeader]?.trim() ?? '';
  if (version === '' || /^0\.3(?:\.\d{1,4})?$/.test(version)) return '0.3';
  return /^1\.0(?:\.\d{1,4})?$/.test(version) ? '1.0' : null;
}

/** The binding in whose words a request is answered before its method is known. */
export function wordsOf(head: RequestHead): A2aBinding {
  return namedBinding(head) ?? '1.0';
}

export interface NamedMethod {
  readonly binding: A2aBinding;
  readonly method: A2aMethod;
}

/** Which method of which binding a name is: no name is in both. */
export function methodOf(name: string): NamedMethod | null {
  for (const binding of ['1.0', '0.3'] as const) {
    const method = Object.hasOwn(methods[binding], name) ? methods[binding][name] : undefined;
    if (method !== undefined) return { binding, method };
  }
  return null;
}

/** Did the caller switch the AdCP profile on for this request? */
export function isActivated(head: RequestHead): boolean {
  const named = (head.headers[extensionsHeader] ?? '').split(',').map((uri) => uri.trim());
  return named.includes(adcpExtension);
}
