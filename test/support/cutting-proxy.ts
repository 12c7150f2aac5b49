import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** Where a connection is cut: before a message passes, or after the server answered it. */
export interface Cut {
  /** A text of the client's message. */
  readonly at: string;
  readonly when: 'before' | 'answered';
}

export interface CuttingProxy {
  readonly port: number;
  /** Cut the next connection that says so; once. */
  cut(cut: Cut): void;
  readonly cuts: number;
  close(): Promise<void>;
}

/** A way to a server that loses a question or an answer where a test wants it. */
export async function startCuttingProxy(port: number): Promise<CuttingProxy> {
  const sockets = new Set<Socket>();
  let wanted: Cut | null = null;
  let cuts = 0;
  const server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1');
    let isMuted = false;
    const end = (): void => {
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', end);
      socket.on('close', end);
    }
    client.on('data', (data) => {
      if (wanted !== null && data.includes(wanted.at)) {
        const { when } = wanted;
        wanted = null;
        cuts += 1;
        if (when === 'before') {
          end();
          return;
        }
        isMuted = true;
      }
      upstream.write(data);
    });
    upstream.on('data', (data) => {
      if (isMuted) end();
      else client.write(data);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    cut: (cut) => {
      wanted = cut;
    },
    get cuts() {
      return cuts;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
