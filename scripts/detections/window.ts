/**
 * When searches look. They ask when a document came in and not when its event was: CloudTrail is minutes late, a replay after an
 * outage hours. Windows overlap, and an alert is identified by its key, so that no event is missed and none alerts twice.
 */

/**
 * When OpenSearch took the document. It has to be set there (`opensearch/pipeline/bongsu-ingested.json`), since what a Lambda
 * wrote would be hours old after a replay.
 */
export const INGESTED = 'event.ingested';
export const EVERY_MINUTES = 5;
/** Three runs see each document. */
export const WINDOW_MINUTES = 3 * EVERY_MINUTES;
/** Events of one correlation may come in so long after each other, beside their own distance. */
export const LATE_MINUTES = 20;

export const windowFilter = (minutes: number): object => ({
  range: {
    [INGESTED]: { gt: `{{period_end}}||-${minutes}m`, lte: '{{period_end}}', format: 'epoch_millis' },
  },
});
