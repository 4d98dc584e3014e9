/** What people do with a finding: one row in the KV store collection bongsu_finding_status. */
define([], () => {
  const COLLECTION = 'storage/collections/data/bongsu_finding_status';
  const STATUSES = ['new', 'in progress', 'resolved', 'suppressed'];

  async function save(splunkd, { uid, status, owner, note, by, now }) {
    if (uid === '') throw new Error('Choose a finding first.');
    if (!STATUSES.includes(status)) throw new Error(`The status is one of ${STATUSES.join(', ')}.`);
    if (note.length > 10_000) throw new Error('A note has 10,000 characters at most.');
    const row = { _key: uid, finding_uid: uid, status, owner, note, updated: now, updated_by: by };
    await splunkd.ask('POST', `${COLLECTION}/batch_save`, { json: [row] });
    return row;
  }

  return { STATUSES, save };
});
