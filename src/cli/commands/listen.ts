import { defineCommand } from '../command.ts';
import { listenOptions, listenSettings } from '../listen/listen-options.ts';

export const command = defineCommand({
  name: 'listen',
  summary: 'Receive webhooks as a buyer, verify them and say why one fails',
  options: listenOptions,
  async run({ values, terminal, json, signal }) {
    const settings = listenSettings(values);
    if (values.selfTest) {
      const { runSelfTest } = await import('../listen/self-test.ts');
      return runSelfTest(terminal, json);
    }
    const { runListen } = await import('../listen/run-listen.ts');
    return runListen(settings, terminal, json, signal);
  },
});
