/** docs/generated/commands.md: the help text of every command. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { page } from './markdown.ts';

/** In the order of the page. */
export const COMMANDS = [
  'demo',
  'preview',
  'quarantine',
  'redrive',
  'reconcile',
  'assets',
  'endpoint-key',
  'detections',
  'bootstrap',
  'import',
  'generate',
  'bench',
  'size',
  'fuzz',
] as const;

async function helpOf(command: string): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    join(import.meta.dirname, `../${command}.ts`),
    '--help',
  ]);
  return stdout.trimEnd();
}

export async function commandsPage(): Promise<string> {
  const texts = await Promise.all(COMMANDS.map(helpOf));
  return page(
    'Commands',
    'npm run generate',
    'Run a command as `npm run --silent <command> -- <arguments>`. Each has `--help` and exits with status 2 for wrong usage.',
    ...COMMANDS.flatMap((command, i) => [`## ${command}`, `\`\`\`text\n${texts[i]}\n\`\`\``]),
  );
}
