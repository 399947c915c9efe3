// The other end of chrome.mjs: the host of a task, in the page.

/** @param {string} path @param {BodyInit} [body] */
async function post(path, body = '') {
  await fetch(`./${path}`, { method: 'POST', body })
}

/** @type {import('./runtime.mjs').Host} */
const host = {
  stopped: false,
  tell: (event) => post('tell', JSON.stringify(event)),
  read: async (name) => new Uint8Array(await (await fetch(`./read/${name}`)).arrayBuffer()),
  write: (name, bytes) => post(`write/${name}`, /** @type {Uint8Array<ArrayBuffer>} */ (bytes)),
}
new EventSource('./commands').onmessage = () => void (host.stopped = true)

/** @param {unknown} error */
const fail = (error) => {
  const { name, message, code, stack } = /** @type {Error & { code?: string }} */ (error instanceof Error ? error : new Error(String(error)))
  return post('error', JSON.stringify({ name, message: name === 'SluiceError' ? message : (stack ?? message), code }))
}
addEventListener('error', ({ error, message }) => void fail(error ?? message))
addEventListener('unhandledrejection', ({ reason }) => void fail(reason))

const { task, parameters } = await (await fetch('./job')).json()
try {
  const { default: work } = await import(`../tasks/${task}.mjs`)
  await post('result', JSON.stringify(await work(parameters, host)) ?? '')
} catch (error) {
  await fail(error)
}

export {}
