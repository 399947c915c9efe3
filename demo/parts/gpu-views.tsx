// The two views behind the adapter's name: whether it is right, and how fast it is.
import { strings } from '../page/language'
import './gpu-views.css'

const words = strings({ label: 'This GPU', verify: 'Verify', measure: 'Measure' }, { label: '这块 GPU', verify: '检验', measure: '测量' })

export function GpuViews({ open }: { open: 'verify' | 'measure' }) {
  const w = words.value
  return (
    <nav class="gpu-views" aria-label={w.label}>
      {(['verify', 'measure'] as const).map((name) => (
        <a key={name} href={`#${name}`} aria-current={name === open ? 'page' : undefined}>
          {w[name]}
        </a>
      ))}
    </nav>
  )
}
