/**
 * How much of anything is taken in, in one place. What is beyond is refused, with the limit in the reason, and never held in
 * memory. Limits that a destination or AWS has itself stand where they are used.
 */

/** Of a JSON record: forty times the largest that AWS documents (256 KB). */
export const MAX_RECORD_BYTES = 8 << 20;

/**
 * Brackets open at once in a JSON record. A node of OpenSearch 3.4 whose JVM has no special stack size answers for a `flat_object`
 * of 450 objects or 900 arrays inside each other, and gives no answer for 500 or 990: test/fault/depth.ts. A document adds at
 * most five brackets. JSON that OpenSearch doesn't map may be 1,000 deep.
 */
export const MAX_DEPTH = 200;

/** Of a line of columns, and of a window that holds lines. */
export const MAX_LINE_BYTES = 1 << 20;

/** Flow logs have 50 so far. Every name is repeated in each document, so a long one would make much of little. */
export const MAX_COLUMNS = 256;
export const MAX_COLUMN_NAME_BYTES = 128;

/** Of what is refused so much is kept where the whole may be large. */
export const KEPT_OF_REFUSED = 64 << 10;

/** Of a payload of CloudWatch Logs: Firehose gets at most 1 MB of gzip. */
export const MAX_PAYLOAD_BYTES = 32 << 20;

/**
 * How much larger than its packed bytes an object may be, once it has `FREE_BYTES`: logs shrink to a tenth, hardly ever to a
 * fiftieth; deflate reaches 1,030. So 10 MB that pretend to be 10 GB end within a second.
 */
export const MAX_RATIO = 250;
export const FREE_BYTES = 256 << 20;

/** Of a page of Parquet, packed or not: writers aim at 1 MiB. Of the part at the end that says where everything is. */
export const MAX_PAGE_BYTES = 64 << 20;
export const MAX_FOOTER_BYTES = 16 << 20;
