// The page: it opens the device, describes the text, and draws itself; what it shows, it reads from the session.
import { render } from 'preact'
import { followCompiling, openDevice } from './session/device'
import { followSaving } from './session/saving'
import { describeTexts, openFromAddress } from './session/text'
import { App } from './shell/app'
import './style/base.css'

render(<App />, document.getElementById('app')!)
void openDevice()
void followCompiling()
describeTexts()
await openFromAddress()
void followSaving()
