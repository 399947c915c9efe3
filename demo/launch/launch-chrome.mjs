// Starts Chrome for a command, with a profile of its own. Chrome hears us through a pipe, so it ends by itself when the pipe closes,
// however we end; and no port is open on which another program could command it.
import puppeteer, { ProtocolError } from 'puppeteer'
import { chromeArguments } from '../../cli/chrome/chrome-arguments.mjs'
import { ensureChrome } from '../../cli/chrome/chrome.mjs'
import { messageOf, UserError } from '../../cli/errors.mjs'
import { makeProfile, removeProfile } from '../../cli/chrome/profile.mjs'

/**
 * @param {Omit<import('puppeteer').LaunchOptions, 'headless'> & { headless?: boolean }} [options] its `args` are added to those that Chrome always has
 * @returns {Promise<import('puppeteer').Browser>}
 */
export async function launchChrome({ headless = true, args = [], ...options } = {}) {
  const executablePath = await ensureChrome()
  const userDataDir = makeProfile()
  try {
    const browser = await puppeteer.launch({
      executablePath,
      headless,
      args: [...chromeArguments({ headless }), ...args],
      userDataDir,
      pipe: true,
      // The command ends in good order itself (ending.mjs); on exit Chrome is killed.
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
      ...options,
    })
    browser.process()?.once('exit', () => removeProfile(userDataDir))
    return browser
  } catch (error) {
    removeProfile(userDataDir)
    // Through a pipe, puppeteer hears of no exit code.
    const why = error instanceof ProtocolError ? 'it ended before it answered. Start it by hand to see why.' : messageOf(error)
    throw new UserError(`${executablePath} could not be started: ${why}`)
  }
}
