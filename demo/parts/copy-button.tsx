// A button that copies a text, and says so for a moment.
import { useSignal } from '@preact/signals'

interface Props {
  readonly label: string
  readonly copied: string
  readonly text: () => string | Promise<string>
}

export function CopyButton({ label, copied, text }: Props) {
  const isCopied = useSignal(false)
  const copy = async () => {
    await navigator.clipboard.writeText(await text())
    isCopied.value = true
    setTimeout(() => (isCopied.value = false), 2000)
  }
  return (
    <button onClick={() => void copy()}>
      <span role="status">{isCopied.value ? copied : label}</span>
    </button>
  )
}
