/** Redis as a peer: sets of user numbers over loopback, asked in pipelines. Needs redis-server on the machine. */
import { spawn, spawnSync } from 'node:child_process';
import { connect, type Socket } from 'node:net';

export interface Redis {
  /** Members of a set; replaces nothing that is there. */
  add(name: string, members: readonly number[]): Promise<void>;
  /** One SISMEMBER each, as one write; gives as many answers. */
  areMembers(questions: readonly (readonly [name: string, member: number])[]): Promise<Uint8Array>;
  stop(): Promise<void>;
}

/** Null where there is no Redis: apt-get install redis-server. */
export async function startRedis(port = 16_379): Promise<Redis | null> {
  if (spawnSync('redis-server', ['--version']).status !== 0) return null;
  const options = ['--port', String(port), '--save', '', '--appendonly', 'no', '--bind', '127.0.0.1'];
  const server = spawn('redis-server', options, { stdio: 'ignore' });
  const socket = await dial(port);
  const replies = lineReader(socket);
  return {
    async add(name, members) {
      for (let from = 0; from < members.length; from += 10_000) {
        const some = members.slice(from, from + 10_000).map(String);
        socket.write(command('SADD', name, ...some));
        await replies(1);
      }
    },
    async areMembers(questions) {
      socket.write(questions.map(([name, member]) => command('SISMEMBER', name, String(member))).join(''));
      return replies(questions.length);
    },
    async stop() {
      socket.destroy();
      const ended = new Promise((resolve) => server.once('exit', resolve));
      server.kill('SIGTERM');
      await ended;
    },
  };
}

function command(...words: readonly string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join('')}`;
}

async function dial(port: number): Promise<Socket> {
  for (let attempt = 0; ; attempt++) {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    const isOpen = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    });
    if (isOpen) return socket;
    if (attempt > 100) throw new Error('Redis does not answer.');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Waits for so many integer replies and gives them; each is `:0` or `:1` and a line end, or a larger number. */
function lineReader(socket: Socket): (count: number) => Promise<Uint8Array> {
  let answers = new Uint8Array(0);
  let filled = 0;
  let done: (() => void) | null = null;
  let value = -1;
  socket.on('data', (chunk: Buffer) => {
    for (const byte of chunk) {
      if (byte === 0x3a) value = 0;
      else if (byte === 0x0a) {
        answers[filled++] = value;
        if (filled === answers.length) done?.();
      } else if (byte >= 0x30 && byte <= 0x39) value = value * 10 + byte - 0x30;
    }
  });
  return async (count) => {
    answers = new Uint8Array(count);
    filled = 0;
    await new Promise<void>((resolve) => (done = resolve));
    return answers;
  };
}
