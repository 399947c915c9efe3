// A question in place of a button, before something is lost for good.
import { useLayoutEffect, useRef } from 'preact/hooks'
import './question.css'

interface Props {
  readonly question: string
  readonly yes: string
  readonly no: string
  readonly onYes: () => void
  readonly onNo: () => void
}

export function Question({ question, yes, no, onYes, onNo }: Props) {
  const group = useRef<HTMLSpanElement>(null)
  // The focus goes to the question, not to an answer: a key held a little long must not answer too.
  useLayoutEffect(() => group.current!.focus(), [])
  return (
    <span ref={group} class="question" role="group" tabIndex={-1} aria-label={question} onKeyDown={(event) => event.key === 'Escape' && onNo()}>
      <span class="label">{question}</span>
      <button class="quiet" data-answer="yes" onClick={onYes}>
        {yes}
      </button>
      <button class="quiet" data-answer="no" onClick={onNo}>
        {no}
      </button>
    </span>
  )
}
