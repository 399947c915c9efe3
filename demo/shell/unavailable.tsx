// Advice for a browser without WebGPU, that of the present browser first.
import { FailureNote } from '../parts/failure-note'
import type { Failure } from '../shared/protocol'
import { strings } from '../page/language'
import { words } from './strings'

const isChrome = (agent: string) => /Chrome|Chromium|CriOS/.test(agent) && !/Android/.test(agent)

/** Whether this advice is for the browser with this user agent. */
const fits = {
  linux: (agent: string) => isChrome(agent) && /Linux/.test(agent),
  chrome: (agent: string) => isChrome(agent) && /Windows|Mac OS/.test(agent),
  android: (agent: string) => /Android/.test(agent),
  safari: (agent: string) => /Safari/.test(agent) && !/Chrome|Chromium|Android/.test(agent),
  firefox: (agent: string) => /Firefox/.test(agent),
  none: () => false,
}
type Browser = keyof typeof fits

/** The browser, and what to do. Every second part is shown as code. */
const advice = strings<Record<Browser, readonly [name: string, ...parts: string[]]>>(
  {
    linux: ['Chrome or Edge on Linux', 'Open ', 'chrome://flags/#enable-unsafe-webgpu', ', choose Enabled, and start the browser again.'],
    chrome: [
      'Chrome or Edge on Windows or a Mac',
      'Version 113 or newer. In its settings, under System, switch on graphics acceleration; ',
      'chrome://gpu',
      ' shows whether WebGPU is available.',
    ],
    android: ['Chrome on Android', 'Version 121 or newer, on Android 12 or newer.'],
    safari: ['Safari', 'Version 26 or newer, on a Mac, an iPhone or an iPad.'],
    firefox: [
      'Firefox',
      'Version 141 or newer on Windows, 147 or newer on a Mac with Apple silicon. Elsewhere, open ',
      'about:config',
      ' and set ',
      'dom.webgpu.enabled',
      ' to true, or use Chrome.',
    ],
    none: [
      'A machine without a GPU',
      'Start Chrome with ',
      '--enable-unsafe-webgpu --use-webgpu-adapter=swiftshader',
      '. Training then runs on the CPU, slowly.',
    ],
  },
  {
    linux: ['Linux 上的 Chrome 或 Edge', '打开 ', 'chrome://flags/#enable-unsafe-webgpu', '，选择 Enabled，然后重启浏览器。'],
    chrome: ['Windows 或 Mac 上的 Chrome 或 Edge', '需要 113 或更高版本。请在设置的“系统”里打开图形加速；', 'chrome://gpu', ' 会显示 WebGPU 是否可用。'],
    android: ['Android 上的 Chrome', '需要 121 或更高版本，以及 Android 12 或更高版本。'],
    safari: ['Safari', '需要 26 或更高版本，可用于 Mac、iPhone 或 iPad。'],
    firefox: [
      'Firefox',
      'Windows 上需要 141 或更高版本，Apple 芯片的 Mac 上需要 147 或更高版本。其他系统请打开 ',
      'about:config',
      '，将 ',
      'dom.webgpu.enabled',
      ' 设为 true，或改用 Chrome。',
    ],
    none: ['没有 GPU 的机器', '用 ', '--enable-unsafe-webgpu --use-webgpu-adapter=swiftshader', ' 启动 Chrome，训练就在 CPU 上运行，较慢。'],
  },
)

/** @param open whether the advice is unfolded */
export function Unavailable({ failure, open }: { failure: Failure; open: boolean }) {
  const { title, whatToDo, yours, retry } = words.value.unavailable
  const agent = navigator.userAgent
  const sorted = (Object.keys(fits) as Browser[]).sort((a, b) => Number(fits[b](agent)) - Number(fits[a](agent)))
  return (
    <section id="unavailable" class="unavailable" aria-labelledby="unavailable-title">
      <h2 id="unavailable-title">{title}</h2>
      <FailureNote failure={failure} />
      <details open={open}>
        <summary>{whatToDo}</summary>
        <ul>
          {sorted.map((browser) => {
            const [name, ...parts] = advice.value[browser]
            return (
              <li key={browser} class={fits[browser](agent) ? 'yours' : undefined}>
                <b>
                  {name}
                  {fits[browser](agent) && ` (${yours})`}
                </b>
                <br />
                {parts.map((part, i) => (i % 2 === 1 ? <code key={i}>{part}</code> : part))}
              </li>
            )
          })}
        </ul>
        <button class="primary" onClick={() => location.reload()}>
          {retry}
        </button>
      </details>
    </section>
  )
}
