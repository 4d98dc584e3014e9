/** The setup page: lists, saves and tests the connections of the search commands. */
require(['splunkjs/mvc/utils', '../app/bongsu/splunkd', '../app/bongsu/connection', 'splunkjs/mvc/simplexml/ready!'], (
  utils,
  { client },
  connection,
) => {
  const form = document.getElementById('bongsu-connection');
  const said = document.getElementById('bongsu-said');
  const known = document.getElementById('bongsu-known');
  const root = utils.getPageInfo().root;
  const locale = utils.getPageInfo().locale;
  const splunkd = client({
    fetch: (url, options) => window.fetch(url, options),
    cookie: () => document.cookie,
    root: `${root === undefined ? '' : `/${root}`}/${locale}`,
  });

  const tell = (text, works) => {
    said.textContent = text;
    said.className = works ? 'bongsu-good' : 'bongsu-bad';
  };
  const values = () => Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, value.trim()]));

  async function during(button, act) {
    button.disabled = true;
    try {
      await act();
    } catch (error) {
      tell(error.message, false);
    } finally {
      button.disabled = false;
    }
  }

  async function show() {
    const all = await connection.list(splunkd);
    known.textContent = all.length === 0 ? 'None yet.' : all.map(({ name, url }) => `${name}: ${url}`).join('\n');
  }

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const { index, ...settings } = values();
    void during(event.submitter, async () => {
      await connection.save(splunkd, settings);
      form.elements.secret.value = '';
      await show();
      const { works, text } = await connection.test(splunkd, settings.name, index);
      tell(`Saved. ${text}`, works);
    });
  });

  document.getElementById('bongsu-test').addEventListener('click', (event) => {
    const { name, index } = values();
    void during(event.target, async () => {
      const { works, text } = await connection.test(splunkd, name, index);
      tell(text, works);
    });
  });

  show().catch((error) => tell(error.message, false));
});
