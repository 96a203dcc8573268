import { startEmbeddedPostgres, type EmbeddedPostgres } from '@tiepsuc/embedded-postgres';
import { pause } from './service-process.js';

const RECOVERED_WITHIN_MS = 120_000;
const RETRY_MS = 200;
/** After a crash, one call per file of a city's seven databases would take longer than all the rest of the recovery. */
const SETTINGS = { recovery_init_sync_method: process.platform === 'linux' ? 'syncfs' : 'fsync' };

/** The city's PostgreSQL: it can crash and come back at the same address. */
export class CityPostgres implements EmbeddedPostgres {
  private readonly endWithUs = () => void process.kill(this.server.pid(), 'SIGQUIT');

  private constructor(
    private readonly folder: string,
    private server: EmbeddedPostgres,
  ) {
    // A server of ours would outlive a test that is broken off.
    process.once('exit', this.endWithUs);
  }

  static async start(folder: string): Promise<CityPostgres> {
    return new CityPostgres(folder, await startEmbeddedPostgres({ folder, settings: SETTINGS }));
  }

  url(database: string): string {
    return this.server.url(database);
  }

  pid(): number {
    return this.server.pid();
  }

  ensureDatabase(name: string): Promise<void> {
    return this.server.ensureDatabase(name);
  }

  /** Ends the server at once, every session with it, and without a checkpoint. */
  kill(): Promise<void> {
    return this.server.kill();
  }

  /** Starts the server again after `kill`; resolves when it has recovered and takes sessions. */
  async restart(): Promise<void> {
    const port = Number(new URL(this.server.url('postgres')).port);
    const until = Date.now() + RECOVERED_WITHIN_MS;
    for (;;) {
      try {
        this.server = await startEmbeddedPostgres({ folder: this.folder, port, settings: SETTINGS });
        return;
      } catch (error) {
        // Everybody comes back at once, and our own session may be the one that waits too long: the server is adopted.
        if (Date.now() > until) throw error;
        await pause(RETRY_MS);
      }
    }
  }

  stop(): Promise<void> {
    process.off('exit', this.endWithUs);
    return this.server.stop();
  }

  leave(): Promise<void> {
    return this.server.leave();
  }
}
