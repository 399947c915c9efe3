// The view that verifies the GPU: behind the adapter's name, and not among the tabs.
import { describe, expect, it } from 'vitest'
import { useBrowser, visit } from './person'
import { screensOf } from './screens'

useBrowser()

describe.each(screensOf('verify'))('$name', ({ screen }) => {
  it('is reached from the name of the adapter, says how far it is, and can be stopped', async () => {
    const person = await visit({ screen })
    await person.says('#adapter a', /swiftshader/i)
    await person.press('#adapter a')
    await person.says('.verify h2', /^Verify this GPU$/)
    expect(await person.page.$('.tabs [href="#verify"]')).toBe(null)
    expect(await person.accessibilityFaults()).toEqual([])
    expect(await person.overflows()).toBe(false)
    await person.press('.verify button.primary')
    await person.says('.verify [role=status]', /\d+ of \d+ checks/)
    if (process.env.SLUICE_PICTURES) await person.page.screenshot({ path: `${process.env.SLUICE_PICTURES}/verify-${screen.width}.png` })
    await person.press('.verify button:not(.primary)')
    await person.page.waitForSelector('.verify button.primary')
  })
})
