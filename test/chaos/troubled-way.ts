import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** The way from one host to the database, as it is on a bad day. */
export class TroubledWay {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #address: string;
  #silent = false;

  /** From an address of this machine (127.0.0.2 ...) to a port of it. */
  constructor(address: string, port: number) {
    this.#address = address;
    this.#server = createServer((client) => {
      const upstream = connect(port, '127.0.0.1');
      this.#lead(client, upstream);
      this.#lead(upstream, client);
    });
  }

  async open(): Promise<void> {
    this.#server.listen(0, this.#address);
    await once(this.#server, 'listening');
  }

  /** The same database by this way. */
  url(database: string): string {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the way is not open');
    const url = new URL(database);
    url.hostname = this.#address;
    url.port = `${address.port}`;
    return url.href;
  }

  /** Every connection ends at once, on both sides. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** From now on nothing comes through, and nobody is told: connections are half-open. */
  silence(): void {
    this.#silent = true;
  }

  /** What was sent meanwhile is lost, so the connections that were open end. */
  restore(): void {
    if (!this.#silent) return;
    this.#silent = false;
    this.cut();
  }

  async close(): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #lead(from: Socket, to: Socket): void {
    this.#sockets.add(from);
    from.on('data', (data) => {
      if (!this.#silent) to.write(data);
    });
    from.on('error', () => to.destroy());
    from.on('close', () => {
      this.#sockets.delete(from);
      to.destroy();
    });
  }
}
