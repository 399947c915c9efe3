// Firefox, whose WebGPU (wgpu) is another than Chrome's.

/**
 * @param {string} executablePath
 * @param {boolean} [headless]
 * @returns {Promise<import('puppeteer').Browser>}
 */
export async function launchFirefox(executablePath, headless = true) {
  const { default: puppeteer } = await import('puppeteer')
  return puppeteer.launch({
    browser: 'firefox',
    executablePath,
    headless,
    handleSIGINT: false,
    // Of a machine whose GPU is not on its list, or has none.
    extraPrefsFirefox: { 'dom.webgpu.enabled': true, 'gfx.webgpu.ignore-blocklist': true },
    // What runs there may take longer than the protocol waits for an answer.
    protocolTimeout: 0,
  })
}
