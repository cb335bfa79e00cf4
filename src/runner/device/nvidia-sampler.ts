import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { type NvidiaEnd, unreadable } from './nvidia-failure.ts';
import { type GpuReading, readingOf, samplingCommand } from './nvidia-smi.ts';
import { timings } from '../timings.ts';

interface Sampled extends GpuReading {
  /** The lowest reading: the first may still show a run before this one. */
  idleMiB: number;
  peakMiB: number;
  /** Longest time between two readings, or since the last. */
  longestGapMs: number;
}

/**
 * Samples the usage of the host's GPU with nvidia-smi. Restarts an nvidia-smi that dies or stops printing; the longest gap
 * between two readings is part of the result.
 */
export class NvidiaSampler {
  private sampler: ChildProcess | undefined;
  private restart: NodeJS.Timeout | undefined;
  private sampled: Sampled | undefined;
  private readAt = performance.now();
  private isClosed = false;
  /** The last line that was no reading. */
  private lastLine: string | undefined;
  private onFirstReading = (): void => {};
  private readonly watchdog = setInterval(() => this.endSilence(), timings.gpuSilence / 3);

  private constructor() {
    this.spawn();
  }

  /** Resolves after the first reading; throws DEVICE_UNREADABLE if nvidia-smi exits before it or takes longer than `limitMs`. */
  static async start(limitMs = timings.gpuFirstSample): Promise<NvidiaSampler> {
    const sampler = new NvidiaSampler();
    try {
      await sampler.firstReading(limitMs);
      return sampler;
    } catch (error) {
      sampler.close();
      throw error;
    }
  }

  /** The usage up to now. */
  report(): Sampled {
    if (this.sampled === undefined) throw new RangeError('a sampler that has started has a reading');
    return { ...this.sampled, longestGapMs: Math.max(this.sampled.longestGapMs, performance.now() - this.readAt) };
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

  private async firstReading(limitMs: number): Promise<void> {
    let limit: NodeJS.Timeout | undefined;
    const end = await new Promise<NvidiaEnd | undefined>((resolve) => {
      this.onFirstReading = () => resolve(undefined);
      this.sampler?.once('error', (error) => resolve({ kind: 'not-started', error }));
      this.sampler?.once('close', (exitCode, signal) => resolve({ kind: 'ended', exitCode, signal }));
      limit = setTimeout(() => resolve({ kind: 'silent', seconds: limitMs / 1000 }), limitMs);
    });
    clearTimeout(limit);
    if (end !== undefined) throw unreadable(end, this.lastLine);
  }

  private spawn(): void {
    const [program, ...args] = samplingCommand(timings.gpuSample);
    this.sampler = spawn(program, args, { detached: true, stdio: ['ignore', 'pipe', 'ignore'] });
    if (this.sampler.stdout) createInterface({ input: this.sampler.stdout }).on('line', (line) => this.read(line));
    this.sampler.on('error', () => {});
    this.sampler.once('close', () => {
      if (!this.isClosed) this.restart = setTimeout(() => this.spawn(), timings.gpuRestart);
    });
  }

  private read(line: string): void {
    const reading = readingOf(line);
    if (reading === undefined) {
      this.lastLine = line;
      return;
    }
    const { usedMiB } = reading;
    const { idleMiB = usedMiB, peakMiB = usedMiB, longestGapMs = 0 } = this.sampled ?? {};
    const gapMs = this.sampled === undefined ? 0 : performance.now() - this.readAt;
    this.readAt = performance.now();
    this.sampled = {
      ...reading,
      idleMiB: Math.min(idleMiB, usedMiB),
      peakMiB: Math.max(peakMiB, usedMiB),
      longestGapMs: Math.max(longestGapMs, gapMs),
    };
    this.onFirstReading();
  }

  private endSilence(): void {
    if (this.sampled !== undefined && performance.now() - this.readAt > timings.gpuSilence)
      this.sampler?.kill('SIGKILL');
  }
}
