import { ServiceProcess } from '../service-process.js';

/** A process that runs only in the test's mind: it is ready when the test says so, and dies of every signal. */
export class ImaginedProcess extends ServiceProcess {
  timesStarted = 0;
  ready = true;
  private isRunning = false;

  constructor(name: string) {
    super({ name, program: '', env: {}, port: 0, logFile: '' });
  }

  override get pid(): number | undefined {
    return this.isRunning ? this.timesStarted : undefined;
  }

  override launch(): void {
    this.isRunning = true;
    this.timesStarted++;
  }

  override isReady(): Promise<boolean> {
    return Promise.resolve(this.ready);
  }

  override signal(signal: NodeJS.Signals): boolean {
    if (!this.isRunning) return false;
    setTimeout(() => this.end(signal), 1);
    return true;
  }

  end(how: string): void {
    this.isRunning = false;
    this.whenEnded?.(how);
  }
}
