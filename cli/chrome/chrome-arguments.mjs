// The command line of Chrome, one reason for each flag.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * @param {object} [machine] what the machine is like; read from it when left out
 * @param {NodeJS.Platform} [machine.platform]
 * @param {boolean} [machine.sandbox] whether Chrome's sandbox can work
 * @param {boolean} [machine.gpu] whether there is a GPU (asked on Linux only)
 * @param {boolean} [machine.headless] whether Chrome runs without a window
 * @param {NodeJS.ProcessEnv} [machine.env]
 * @returns {string[]}
 */
export function chromeArguments({ platform = process.platform, sandbox = sandboxWorks(platform), gpu = hasGpu(), headless = true, env = process.env } = {}) {
  const args = [
    // WebGPU is still behind this flag on some Linux systems, and for software adapters everywhere.
    '--enable-unsafe-webgpu',
    // The page comes from this machine; Chrome itself need not talk to anybody.
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    // No welcome page or question about the default browser.
    '--no-first-run',
    '--no-default-browser-check',
    // The server speaks plain HTTP on localhost: QUIC would only open a socket for nothing.
    '--disable-quic',
    // Training goes on when the window is covered or in the background.
    '--disable-background-timer-throttling',
    '--disable-backgrounding-occluded-windows',
    '--disable-renderer-backgrounding',
  ]
  // Without a window nobody types an address: its suggestions are a page and a process for each window, which cost as much as all else
  // that Chrome does to start.
  if (headless) args.push('--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup')
  // Root and containers have no user namespaces for the sandbox, and Chrome refuses to start. It shows only our page.
  if (!sandbox) args.push('--no-sandbox')
  // In containers /dev/shm is often 64 MB, too small for Chrome's shared memory.
  if (platform === 'linux') args.push('--disable-dev-shm-usage')
  if (env.SLUICE_ADAPTER === 'swiftshader') {
    // The CPU adapter, the same on every machine.
    args.push('--use-webgpu-adapter=swiftshader')
  } else if (platform === 'linux' && gpu) {
    args.push('--enable-features=Vulkan')
    // Headless Chrome on Linux draws in software and would pick a software adapter too, unless it draws with Vulkan,
    // for which it has no surface.
    if (headless) args.push('--use-angle=vulkan', '--disable-vulkan-surface')
  }
  return args
}

/** Whether a GPU's device file is there: a render node, NVIDIA's own, or that of WSL. */
export const hasGpu = () => ['/dev/dri', '/dev/nvidia0', '/dev/dxg'].some((file) => existsSync(file))

/**
 * What Dawn in Node, Bun and Deno need in their environment where there is no GPU: Chromium's software driver of Vulkan, or Mesa's.
 * @returns {NodeJS.ProcessEnv | undefined} undefined where there is neither; nothing where there is a GPU, or a driver was named
 */
export function softwareVulkan() {
  if (process.platform !== 'linux' || process.env.VK_DRIVER_FILES || hasGpu()) return {}
  for (const folder of ['/usr/lib/chromium', '/opt/google/chrome']) {
    const driver = join(folder, 'vk_swiftshader_icd.json')
    if (existsSync(driver)) return { VK_DRIVER_FILES: driver, LD_LIBRARY_PATH: folder }
  }
  const mesa = '/usr/share/vulkan/icd.d/lvp_icd.json'
  return existsSync(mesa) ? { VK_DRIVER_FILES: mesa } : undefined
}

/** @param {NodeJS.Platform} platform */
export function sandboxWorks(platform = process.platform) {
  if (platform !== 'linux') return true
  if (process.getuid?.() === 0) return false
  if (existsSync('/.dockerenv') || existsSync('/run/.containerenv')) return false
  return setting('/proc/sys/kernel/unprivileged_userns_clone') !== '0' && setting('/proc/sys/kernel/apparmor_restrict_unprivileged_userns') !== '1'
}

/** @param {string} file */
function setting(file) {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch {
    return undefined
  }
}
