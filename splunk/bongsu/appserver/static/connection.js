/** Connections of the search commands: the stanza in bongsu_connections.conf, the secret in storage/passwords. */
define([], () => {
  const CONF = 'configs/conf-bongsu_connections';
  const REALM = 'bongsu_connections';

  /** What is wrong with a form, in words; undefined: nothing. In: name, url, auth, username, region. */
  function faultOf({ name, url, auth, username, region }) {
    if (!/^[A-Za-z0-9._-]+$/.test(name)) return 'The name has letters, digits, dots, hyphens and underscores only.';
    let address;
    try {
      address = new URL(url);
    } catch {
      return 'The address is no URL, such as https://opensearch.example.com:9200';
    }
    if (address.username !== '' || address.password !== '') return 'The address must not hold a user or a password.';
    const isLocal = ['localhost', '127.0.0.1', '[::1]'].includes(address.hostname);
    if (address.protocol !== 'https:' && !isLocal) return 'The address must begin with https://';
    if (auth === 'basic' && username === '') return 'basic needs a user name.';
    if (auth === 'sigv4' && region === '') return 'sigv4 needs a region.';
    return undefined;
  }

  /** Saves both. An empty secret leaves the stored one as it is. */
  async function save(splunkd, { name, secret, ...settings }) {
    const fault = faultOf({ name, ...settings });
    if (fault !== undefined) throw new Error(fault);
    await splunkd.put(CONF, name, settings);
    if (secret !== '') await storeSecret(splunkd, name, secret);
    await splunkd.ask('POST', 'apps/local/bongsu', { form: { configured: 'true' } });
  }

  async function storeSecret(splunkd, name, password) {
    try {
      await splunkd.ask('POST', `storage/passwords/${encodeURIComponent(`${REALM}:${name}:`)}`, { form: { password } });
    } catch (error) {
      if (error.status !== 404) throw error;
      await splunkd.ask('POST', 'storage/passwords', { form: { realm: REALM, name, password } });
    }
  }

  /** Asks OpenSearch for a count by the search command itself. Out: what it said, and whether it worked. */
  async function test(splunkd, name, index) {
    const search = `| elasticsearchcount connection="${name}" index="${index.replaceAll('"', '')}" query="*"`;
    const form = { search, exec_mode: 'oneshot', earliest_time: '-15m', latest_time: 'now' };
    const { results = [], messages = [] } = await splunkd.ask('POST', 'search/jobs', { form });
    const faults = messages.filter(({ type }) => type === 'ERROR' || type === 'FATAL').map(({ text }) => text);
    if (faults.length > 0) return { works: false, text: faults.join(' ') };
    const count = results.reduce((sum, row) => sum + Number(row.count ?? 0), 0);
    return { works: true, text: `Connected. ${count} documents of the last 15 minutes in ${index}.` };
  }

  async function list(splunkd) {
    const { entry = [] } = await splunkd.ask('GET', `${CONF}?count=0`);
    return entry.filter(({ name }) => name !== 'default').map(({ name, content }) => ({ name, ...content }));
  }

  return { faultOf, list, save, test };
});
