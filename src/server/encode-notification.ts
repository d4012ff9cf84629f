import { adcpNotification } from '../protocol/adcp/webhook-payload.ts';
import { restNotification } from '../protocol/rest/webhook-payload.ts';
import type { EncodeNotification } from '../service/webhooks/outbox.ts';

/** The text of a notification in the words of the door that its call came by. */
export const encodeNotification: EncodeNotification = (notification) =>
  JSON.stringify(
    notification.registration.shape === 'adcp'
      ? adcpNotification(notification)
      : restNotification(notification),
  );
