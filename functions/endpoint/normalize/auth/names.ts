/** Names of programs as they stand in a syslog line. */

/** `/usr/sbin/CRON` → `CRON`, `(systemd)` → `systemd`. */
export function baseNameOf(program: string | undefined): string | undefined {
  if (program === undefined) return undefined;
  return program.slice(program.lastIndexOf('/') + 1).replace(/^\((.*)\)$/, '$1');
}
