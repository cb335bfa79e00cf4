/**
 * Loaded into a program before its own code: at each effect that leaves the process it notes a crash point, and kills the process
 * there if it is told to. CRASH_POINTS: `{ folder, pairs, chosen, program, temporal }` as JSON; `temporal` is a file that resolves the
 * packages of Temporal as the program does. The product knows nothing of this.
 */
import childProcess from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import type { EventEmitter } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import http2 from 'node:http2';
import https from 'node:https';
import { createRequire, syncBuiltinESMExports } from 'node:module';
import type { Context } from '@temporalio/activity';
import { CrashControl, type Place } from './control.ts';
import { effectOf, type Request } from './effect-names.ts';

interface Settings {
  folder: string;
  pairs: string[];
  chosen?: string[];
  program: string;
  temporal?: string;
}

const settings = JSON.parse(process.env['CRASH_POINTS'] ?? '') as Settings;
const control = new CrashControl(settings.folder, settings.pairs, settings.chosen);

const activity = settings.temporal
  ? (createRequire(settings.temporal)('@temporalio/activity') as { Context: typeof Context }).Context
  : undefined;

/** The activity in whose asynchronous context the caller runs, else the program. */
function placeNow(): Place & { name: string } {
  try {
    const info = activity?.current().info;
    const workflow = info?.workflowExecution;
    if (info && workflow) {
      const execution = `${workflow.workflowId}#${workflow.runId}#${info.activityId}`;
      return { name: info.activityType, work: workflow.workflowId, execution };
    }
  } catch {
    // It is outside activities.
  }
  return { name: settings.program, work: settings.program, execution: `${settings.program}#${process.pid}` };
}

/** Notes the points of a request. Returns what to call when it has been answered; undefined if it is no effect. */
function begin(request: Request): (() => void) | undefined {
  const effect = effectOf(request);
  if (effect === undefined) return undefined;
  const place = placeNow();
  const at = (side: 'before' | 'after'): void => {
    if (control.meet(`${place.name}.${effect}.${side}`, place)) die();
  };
  at('before');
  return () => at('after');
}

function die(): void {
  process.kill(process.pid, 'SIGKILL');
  // The signal ends every thread, but perhaps not before this one goes on.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60_000);
}

const onFirst = (source: EventEmitter, event: string, then: (() => void) | undefined): void => {
  if (then) source.prependOnceListener(event, then);
};

for (const web of [http, https]) {
  const request = web.request.bind(web) as (...args: unknown[]) => http.ClientRequest;
  web.request = (...args: unknown[]) => {
    // The AWS SDK names a request by its options.
    const { method = 'GET', path } = args[0] as http.RequestOptions;
    const after = begin({ kind: 'http', method, path: path ?? '' });
    const sent = request(...args);
    onFirst(sent, 'response', after);
    return sent;
  };
}

const { connect } = http2;
http2.connect = ((...args: Parameters<typeof connect>) => {
  const session = connect(...args);
  const open = session.request.bind(session);
  session.request = (headers, options) => {
    const after = begin({ kind: 'grpc', path: pathIn(headers) });
    const stream = open(headers, options);
    onFirst(stream, 'response', after);
    return stream;
  };
  return session;
}) as typeof connect;

/** gRPC names a call by its path. */
const pathIn = (headers: Parameters<http2.ClientHttp2Session['request']>[0]): string =>
  headers === undefined || Array.isArray(headers) ? '' : String(Reflect.get(headers, ':path'));

const { rename } = fs.promises;
fs.promises.rename = async (from, to) => {
  const after = begin({ kind: 'rename', from: String(from) });
  await rename(from, to);
  after?.();
};

const { spawn } = childProcess;
childProcess.spawn = ((program: string, args: readonly string[] = [], options: childProcess.SpawnOptions = {}) => {
  const after = begin({ kind: 'program', program, args });
  const child: ChildProcess = spawn(program, args, options);
  onFirst(child, 'exit', after);
  return child;
}) as typeof spawn;

syncBuiltinESMExports();
