/** The page of one finding: saves its status, owner and note. */
require([
  'splunkjs/mvc',
  'splunkjs/mvc/utils',
  '../app/bongsu/splunkd',
  '../app/bongsu/status',
  'splunkjs/mvc/simplexml/ready!',
], (mvc, utils, { client }, status) => {
  const form = document.getElementById('bongsu-status');
  const said = document.getElementById('bongsu-said');
  const { root, locale } = utils.getPageInfo();
  const splunkd = client({
    fetch: (url, options) => window.fetch(url, options),
    cookie: () => document.cookie,
    root: `${root === undefined ? '' : `/${root}`}/${locale}`,
  });

  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const given = Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, value.trim()]));
    const uid = mvc.Components.get('default').get('uid') ?? '';
    event.submitter.disabled = true;
    try {
      const by = utils.getCurrentUser?.() ?? window.$C?.USERNAME ?? '';
      await status.save(splunkd, { ...given, uid, by, now: Math.floor(Date.now() / 1000) });
      said.textContent = 'Saved.';
      said.className = 'bongsu-good';
      for (const id of ['finding_status', 'finding_list']) mvc.Components.get(id)?.startSearch();
    } catch (error) {
      said.textContent = error.message;
      said.className = 'bongsu-bad';
    } finally {
      event.submitter.disabled = false;
    }
  });
});
