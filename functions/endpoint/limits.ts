/** Limits of a request. Lambda itself refuses a body of more than 6 MB, which is 4.5 MB of gzip in base64. */

/** Of a body without gzip. 2,000 events of Winlogbeat with script blocks have 40 MB. */
export const MAX_BODY_BYTES = 64 << 20;

/** Actions of a request that are worked on. A Beat sends 50 by default; whatever is beyond is answered 429 and comes again. */
export const MAX_ACTIONS = 10_000;

/** With more, the answer would not fit into the 6 MB that Lambda allows, so that the whole request is refused. */
export const MAX_ANSWERS = 100_000;

/** Of a reason in an answer. */
export const MAX_REASON = 120;
