/**
 * A headless Chromium that draws local pages, driven over its debugging pipe: JSON messages that end with a zero byte.
 * Names of hosts do not resolve, so a page gets nothing from the network.
 * Needs Chromium (Debian: apt-get install chromium), or CHROMIUM with its path.
 * https://chromedevtools.github.io/devtools-protocol/
 */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Picture {
  readonly width: number;
  /** Default: that of the page's content. */
  readonly height?: number;
  readonly scheme?: 'dark' | 'light';
  /** JavaScript that is true once the page is drawn. Default: nothing to wait for. */
  readonly ready?: string;
}

export interface Chromium {
  /** The page as PNG, once two pictures of it in a row are equal. */
  picture(url: string, picture: Picture): Promise<Buffer>;
  stop(): Promise<void>;
}

type Send = <T>(method: string, params?: object) => Promise<T>;

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--hide-scrollbars',
  '--no-first-run',
  '--allow-file-access-from-files',
  '--host-resolver-rules=MAP * ~NOTFOUND',
  '--enable-unsafe-swiftshader',
  '--remote-debugging-pipe',
];
const ANSWER_MS = 180_000;
const DRAWN_MS = 240_000;

export async function startChromium(): Promise<Chromium> {
  const profile = await mkdtemp(join(tmpdir(), 'chromium-'));
  const child = spawn(process.env.CHROMIUM ?? 'chromium', [...FLAGS, `--user-data-dir=${profile}`, 'about:blank'], {
    env: { ...process.env, TZ: 'UTC' },
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const failed = new Promise<never>((_, reject) => {
    child.once('error', (cause) => reject(new Error('Chromium does not start: CHROMIUM names its path', { cause })));
  });
  failed.catch(() => {});
  const send = channel(child.stdio[3] as Writable, child.stdio[4] as Readable);
  const stop = async () => {
    child.kill('SIGKILL');
    await ended;
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  };
  return {
    picture: async (url, wanted) => {
      const { targetId } = await Promise.race([
        failed,
        send('')<{ targetId: string }>('Target.createTarget', { url: 'about:blank' }),
      ]);
      const attach = { targetId, flatten: true };
      const { sessionId } = await send('')<{ sessionId: string }>('Target.attachToTarget', attach);
      try {
        return await drawn(send(sessionId), url, wanted);
      } finally {
        await send('')('Target.closeTarget', { targetId });
      }
    },
    stop,
  };
}

/** Sends requests to a session of the pipe; '' is the browser itself. An answer with an error rejects. */
function channel(input: Writable, output: Readable): (sessionId: string) => Send {
  const waiting = new Map<
    number,
    (answer: { readonly result?: unknown; readonly error?: { message: string } }) => void
  >();
  let next = 1;
  let rest = '';
  output.setEncoding('utf8').on('data', (chunk: string) => {
    const parts = `${rest}${chunk}`.split('\0');
    rest = parts.pop() ?? '';
    for (const part of parts) {
      const answer = JSON.parse(part);
      waiting.get(answer.id)?.(answer);
    }
  });
  return (sessionId) =>
    <T>(method: string, params: object = {}) =>
      new Promise<T>((resolve, reject) => {
        const id = next++;
        const end = setTimeout(() => reject(new Error(`Chromium does not answer ${method}`)), ANSWER_MS);
        waiting.set(id, ({ result, error }) => {
          clearTimeout(end);
          waiting.delete(id);
          if (error === undefined) resolve(result as T);
          else reject(new Error(`${method}: ${error.message}`));
        });
        input.write(`${JSON.stringify({ id, method, params, ...(sessionId !== '' && { sessionId }) })}\0`);
      });
}

async function drawn(
  send: Send,
  url: string,
  { width, height, scheme = 'light', ready = 'true' }: Picture,
): Promise<Buffer> {
  const features = [{ name: 'prefers-color-scheme', value: scheme }];
  const sized = (h: number) =>
    send('Emulation.setDeviceMetricsOverride', { width, height: h, deviceScaleFactor: 1, mobile: false });
  const value = async <T>(expression: string) =>
    (await send<{ result: { value: T } }>('Runtime.evaluate', { expression, returnByValue: true })).result.value;
  const shot = async () => (await send<{ data: string }>('Page.captureScreenshot', { format: 'png' })).data;

  await send('Page.enable');
  await send('Emulation.setEmulatedMedia', { features });
  await sized(height ?? 800);
  await send('Page.navigate', { url });
  const deadline = Date.now() + DRAWN_MS;
  const within = () => {
    if (Date.now() > deadline) throw new Error(`not drawn after ${DRAWN_MS / 1000} s: ${url}`);
  };
  for (; !(await value<boolean>(`document.readyState === 'complete' && Boolean(${ready})`)); within()) await sleep(200);
  if (height === undefined) await sized(await value<number>('document.documentElement.scrollHeight'));
  for (let before = ''; ; within()) {
    const now = await shot();
    if (now === before) return Buffer.from(now, 'base64');
    before = now;
    await sleep(1000);
  }
}
