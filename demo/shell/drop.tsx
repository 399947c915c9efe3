// Takes a file or a text that is dropped anywhere on the page. Otherwise the browser would open it in place of the page, and the
// run would be lost.
import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { importModel, isModelFile } from '../session/models'
import { openFile, paste } from '../session/text'
import { words } from './strings'

/** A text that is dragged into a field belongs to the field. */
const isForField = ({ target, dataTransfer }: DragEvent) =>
  !dataTransfer?.types.includes('Files') && target instanceof Element && target.closest('input, textarea') !== null

export function DropTarget() {
  const hovering = useSignal(false)
  useEffect(() => {
    const over = (event: DragEvent) => {
      if (isForField(event)) return
      event.preventDefault()
      hovering.value = true
    }
    const leave = (event: DragEvent) => {
      if (event.relatedTarget === null) hovering.value = false
    }
    const drop = (event: DragEvent) => {
      hovering.value = false
      if (isForField(event)) return
      event.preventDefault()
      const [file] = event.dataTransfer?.files ?? []
      const dropped = event.dataTransfer?.getData('text/plain') ?? ''
      if (file) void (isModelFile(file) ? importModel(file) : openFile(file))
      else if (dropped) paste(dropped)
      else return
      location.hash = '#train' // the view that shows the result
    }
    addEventListener('dragover', over)
    addEventListener('dragleave', leave)
    addEventListener('drop', drop)
    return () => {
      removeEventListener('dragover', over)
      removeEventListener('dragleave', leave)
      removeEventListener('drop', drop)
    }
  }, [])
  return hovering.value ? <div class="drop">{words.value.drop}</div> : null
}
