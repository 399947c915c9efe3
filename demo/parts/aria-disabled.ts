// A button that is of no use for now, most often since it was just pressed.

/** Its attributes. It keeps the focus of whoever walks by keyboard, which `disabled` would take. */
export const ariaDisabled = (useless: boolean, press: (event: MouseEvent) => unknown) => ({
  'aria-disabled': useless,
  onClick: (event: MouseEvent) => void (useless || press(event)),
})
