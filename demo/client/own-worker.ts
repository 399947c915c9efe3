// The worker, bound by the policy of the page (Content-Security-Policy). One from a blob: inherits it; one from an address has that of
// its server, which may have none. The page starts no worker from any other address, and under Trusted Types none from a plain string.
import address from '../worker/worker.ts?worker&url'

// An `import` statement would be the request for a worker, which the policy allows from a blob: alone; `import()` is one for a script.
// It is slow, so messages are queued until the worker has its own listener. A failure is reported to the page.
const code = `
const early = []
const queue = (event) => {
  early.push(event)
  event.stopImmediatePropagation()
}
addEventListener('message', queue)
import(${JSON.stringify(new URL(address, import.meta.url).href)}).then(() => {
  removeEventListener('message', queue)
  for (const { data } of early) dispatchEvent(new MessageEvent('message', { data }))
}, reportError)
`
const script = URL.createObjectURL(new Blob([code], { type: 'text/javascript' }))
const trusted = globalThis.trustedTypes?.createPolicy('sluice', { createScriptURL: () => script }).createScriptURL(script) ?? script

export const openWorker = (): Worker => new Worker(trusted as string, { type: 'module', name: 'sluice' })
