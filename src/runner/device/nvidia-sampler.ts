import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { holdoutError } from '../../errors.ts';
import { DeviceSamples, type SampledGpu, type WantedGpus } from './device-samples.ts';
import { type NvidiaEnd, unreadable } from './nvidia-failure.ts';
import { readingOf, samplingCommand } from './nvidia-smi.ts';
import { runnerTimings } from '../runner-timings.ts';

/**
 * Samples the usage of a run's GPUs with nvidia-smi, each on its own. Restarts an nvidia-smi that dies or stops printing; the
 * longest gap between two readings of a GPU is part of the result.
 */
export class NvidiaSampler {
  private sampler: ChildProcess | undefined;
  private restart: NodeJS.Timeout | undefined;
  private isClosed = false;
  /** The last line that was no reading. */
  private lastLine: string | undefined;
  private onFirstReadings = (): void => {};
  private readonly watchdog = setInterval(() => this.endSilence(), runnerTimings.gpuSilence / 3);

  private readonly samples: DeviceSamples;

  private constructor(private readonly wanted: WantedGpus) {
    this.samples = new DeviceSamples(wanted);
    this.spawn();
  }

  /**
   * Resolves after a reading of each GPU. Throws DEVICE_UNREADABLE if nvidia-smi exits before them or takes longer than
   * `limitMs`, GPUS_DIFFER if it lists too few GPUs.
   */
  static async start(wanted: WantedGpus, limitMs = runnerTimings.gpuFirstSample): Promise<NvidiaSampler> {
    const sampler = new NvidiaSampler(wanted);
    try {
      await sampler.firstReadings(limitMs);
      return sampler;
    } catch (error) {
      sampler.close();
      throw error;
    }
  }

  /** The usage of each GPU up to now. */
  report(): SampledGpu[] {
    return this.samples.report(performance.now());
  }

  /** How many GPUs of the host are not the run's, as far as the driver has listed them. */
  get otherGpus(): number {
    return this.samples.others.size;
  }

  close(): void {
    this.isClosed = true;
    clearInterval(this.watchdog);
    clearTimeout(this.restart);
    this.sampler?.kill('SIGKILL');
    // A process that hangs in the driver survives even this, and must not keep the runner from exiting.
    this.sampler?.stdout?.destroy();
    this.sampler?.unref();
  }

  private async firstReadings(limitMs: number): Promise<void> {
    let limit: NodeJS.Timeout | undefined;
    const end = await new Promise<NvidiaEnd | undefined>((resolve) => {
      this.onFirstReadings = () => resolve(undefined);
      this.sampler?.once('error', (error) => resolve({ kind: 'not-started', error }));
      this.sampler?.once('close', (exitCode, signal) => resolve({ kind: 'ended', exitCode, signal }));
      limit = setTimeout(() => resolve({ kind: 'silent', seconds: limitMs / 1000 }), limitMs);
    });
    clearTimeout(limit);
    if (end !== undefined) throw unreadable(end, this.lastLine);
    const { count } = this.wanted;
    if (!this.samples.isComplete) throw holdoutError('GPUS_DIFFER', { expected: count, found: this.samples.size });
  }

  private spawn(): void {
    const [program, ...args] = samplingCommand(runnerTimings.gpuSample);
    this.sampler = spawn(program, args, { detached: true, stdio: ['ignore', 'pipe', 'ignore'] });
    if (this.sampler.stdout) createInterface({ input: this.sampler.stdout }).on('line', (line) => this.read(line));
    this.sampler.on('error', () => {});
    this.sampler.once('close', () => {
      if (!this.isClosed) this.restart = setTimeout(() => this.spawn(), runnerTimings.gpuRestart);
    });
  }

  private read(line: string): void {
    const reading = readingOf(line);
    if (reading === undefined) {
      this.lastLine = line;
      return;
    }
    const added = this.samples.add(reading, performance.now());
    if (this.samples.isComplete || added === 'all-listed') this.onFirstReadings();
  }

  private endSilence(): void {
    if (this.samples.silentMs(performance.now()) > runnerTimings.gpuSilence) this.sampler?.kill('SIGKILL');
  }
}
