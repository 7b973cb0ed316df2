/** The page itself: it asks every second what arrived, and writes texts as texts, never as markup. */
export const WEBHOOK_PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>PayD: webhooks</title>
<meta name="viewport" content="width=device-width">
<style>
  :root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif }
  body { max-width: 75rem; margin: 2rem auto; padding: 0 1rem }
  table { border-collapse: collapse; width: 100% }
  th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid #8884; vertical-align: top }
  code { font: 13px ui-monospace, monospace; overflow-wrap: anywhere }
  .genuine { color: #16803c } .refused { color: #c02626 }
  input { width: 28rem; max-width: 100% }
</style>
<h1>Webhooks</h1>
<p>Deliveries to <code id="url"></code> on this machine, newest first. <span id="count" aria-live="polite">None yet.</span></p>
<details>
  <summary>Verify a subscription of your own</summary>
  <p>Subscribe the address above, then paste the secret that the subscription showed. It stays in the memory of this page's server.</p>
  <form id="secret"><label>Secret <input name="secret" placeholder="whsec_…" autocomplete="off" required></label> <button>Trust</button> <span id="said" role="status"></span></form>
</details>
<table>
  <thead><tr><th>received</th><th>number</th><th>type</th><th>signature</th><th>body</th></tr></thead>
  <tbody id="rows"></tbody>
</table>
<script>
  const byId = (id) => document.getElementById(id)
  const cell = (row, text, name) => {
    const place = row.insertCell()
    const inner = name === 'code' ? place.appendChild(document.createElement('code')) : place
    if (name && name !== 'code') place.className = name
    inner.textContent = text
  }
  let shown = ''
  async function look() {
    try {
      const { hookUrl, seen } = await (await fetch('/deliveries')).json()
      const state = JSON.stringify(seen[0] ?? null) + seen.length
      byId('url').textContent = hookUrl
      if (state !== shown) {
        shown = state
        const genuine = seen.filter(({ problem }) => problem === '').length
        byId('count').textContent = seen.length + ' arrived, ' + genuine + ' genuine.'
        byId('rows').replaceChildren()
        for (const one of seen) {
          const row = byId('rows').insertRow()
          cell(row, one.at.slice(11, 23))
          cell(row, one.sequence)
          cell(row, one.type, 'code')
          cell(row, one.problem === '' ? '✓ genuine' : '✗ ' + one.problem, one.problem === '' ? 'genuine' : 'refused')
          cell(row, one.body, 'code')
        }
      }
    } catch { byId('count').textContent = 'The stack has stopped.' }
    setTimeout(look, 1000)
  }
  byId('secret').addEventListener('submit', async (submitted) => {
    submitted.preventDefault()
    const headers = { 'content-type': 'application/x-payd-secret' }
    const { ok } = await fetch('/secrets', { method: 'POST', headers, body: new FormData(submitted.target).get('secret') })
    byId('said').textContent = ok ? 'Deliveries that come now are verified with it.' : 'This is no secret of webhooks.'
    if (ok) submitted.target.reset()
  })
  look()
</script>
</html>
`
