/** How much of a hostile or broken record is looked at. What is beyond stays in the document as it came. */

/** Characters of a raw line. auditd cuts its lines at 8,970 bytes; rsyslog at 8 KiB by default. */
export const MAX_LINE = 64 << 10;

/** Names with a value in one record of audit.log; the kernel writes some thirty, and the arguments of a command. */
export const MAX_PAIRS = 4096;

/** Arguments of a command, and characters of them together in `process.command_line`. */
export const MAX_ARGUMENTS = 1024;
export const MAX_COMMAND_LINE = 32 << 10;

/** Records of one event of audit.log that are joined. Further ones make a further document of the same event. */
export const MAX_RECORDS = 256;

/** Elements of a list that Windows writes as a text: hashes, answers of DNS. */
export const MAX_ELEMENTS = 64;
