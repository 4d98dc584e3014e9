/**
 * Requests of a page to splunkd, through Splunk Web: with the session of who looks at it.
 * Out: an AMD module; `fetch` and the cookie are arguments, so that tests need no browser.
 */
define([], () => {
  const OWNER = 'nobody';
  const APP = 'bongsu';

  /** Splunk Web refuses changes without the token that stands in its cookie. */
  function formKey(cookie) {
    const found = /(?:^|;\s*)splunkweb_csrf_token_\d+=([^;]+)/.exec(cookie);
    return found === null ? '' : decodeURIComponent(found[1]);
  }

  /** What splunkd says went wrong, without what was sent to it. */
  function reasonOf(status, text) {
    try {
      const { messages = [] } = JSON.parse(text);
      if (messages.length > 0) return messages.map((message) => message.text).join(' ');
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
    return `Splunk answered ${status}`;
  }

  /** `path` is below the app's name space. Rejects with an Error whose message a person can read. */
  function client({ fetch, cookie, root }) {
    async function ask(method, path, { form, json } = {}) {
      const url = `${root}/splunkd/__raw/servicesNS/${OWNER}/${APP}/${path}${path.includes('?') ? '&' : '?'}output_mode=json`;
      const headers = { 'X-Splunk-Form-Key': formKey(cookie()), 'X-Requested-With': 'XMLHttpRequest' };
      if (form !== undefined) headers['Content-Type'] = 'application/x-www-form-urlencoded';
      if (json !== undefined) headers['Content-Type'] = 'application/json';
      const body = form === undefined ? json && JSON.stringify(json) : new URLSearchParams(form).toString();
      const answer = await fetch(url, { method, headers, body, credentials: 'same-origin' });
      const text = await answer.text();
      if (!answer.ok) throw Object.assign(new Error(reasonOf(answer.status, text)), { status: answer.status });
      return text === '' ? {} : JSON.parse(text);
    }

    /** Changes what is there, or makes it. */
    async function put(collection, name, form) {
      try {
        return await ask('POST', `${collection}/${encodeURIComponent(name)}`, { form });
      } catch (error) {
        if (error.status !== 404) throw error;
        return await ask('POST', collection, { form: { ...form, name } });
      }
    }

    return { ask, put };
  }

  return { client };
});
