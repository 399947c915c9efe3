// What to do where there is no WebGPU. The library's message says what is missing; this says how to get it, the
// browser that is in use first.
import { create, element } from './dom'
import type { Failure } from './protocol'

interface Advice {
  readonly name: string
  /** Whether this advice is for the browser with this user agent. */
  readonly fits: (agent: string) => boolean
  readonly parts: readonly string[] // odd ones are to be typed, and shown so
}

const isChrome = (agent: string) => /Chrome|Chromium|CriOS/.test(agent) && !/Android/.test(agent)

const advice: readonly Advice[] = [
  {
    name: 'Chrome or Edge on Linux',
    fits: (agent) => isChrome(agent) && /Linux/.test(agent),
    parts: ['Open ', 'chrome://flags/#enable-unsafe-webgpu', ', choose Enabled, and start the browser again.'],
  },
  {
    name: 'Chrome or Edge on Windows or a Mac',
    fits: (agent) => isChrome(agent) && /Windows|Mac OS/.test(agent),
    parts: ['Version 113 or newer. In its settings, under System, switch on graphics acceleration; ', 'chrome://gpu', ' says whether WebGPU is there.'],
  },
  { name: 'Chrome on Android', fits: (agent) => /Android/.test(agent), parts: ['Version 121 or newer, on Android 12 or newer.'] },
  {
    name: 'Safari',
    fits: (agent) => /Safari/.test(agent) && !/Chrome|Chromium|Android/.test(agent),
    parts: ['Version 26 or newer, on a Mac, an iPhone or an iPad.'],
  },
  {
    name: 'Firefox',
    fits: (agent) => /Firefox/.test(agent),
    parts: ['Version 141 or newer on Windows. Elsewhere, open ', 'about:config', ' and set ', 'dom.webgpu.enabled', ' to true, or use Chrome.'],
  },
  {
    name: 'A machine without a GPU',
    fits: () => false,
    parts: ['Start Chrome with ', '--enable-unsafe-webgpu --use-webgpu-adapter=swiftshader', ': the CPU does the work then, slowly.'],
  },
]

export function showUnavailable({ message }: Failure): void {
  element('app', HTMLElement).hidden = true
  element('unavailable', HTMLElement).hidden = false
  element('unavailable-message', HTMLElement).textContent = message
  const agent = navigator.userAgent
  const sorted = [...advice].sort((a, b) => Number(b.fits(agent)) - Number(a.fits(agent)))
  element('unavailable-advice', HTMLElement).replaceChildren(
    ...sorted.map(({ name, parts, fits }) => {
      const text = parts.map((part, i) => (i % 2 === 1 ? create('code', '', part) : part))
      const title = fits(agent) ? `${name} (this seems to be yours): ` : `${name}: `
      return create('li', fits(agent) ? 'yours' : '', create('b', '', title), ...text)
    }),
  )
}
