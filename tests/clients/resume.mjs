// npm's EventSource follows one stream to its end, however often it is cut off.   node resume.mjs URL
import { EventSource } from 'eventsource'
const got = { text: '', opened: 0, done: 0, resets: 0 }
const events = new EventSource(process.argv[2])
const finish = () => { events.close(); console.log(JSON.stringify(got)); process.exit(0) }
events.onopen = () => { got.opened++ }
events.onmessage = e => { got.text += JSON.parse(e.data).content }
events.addEventListener('reset', () => { got.resets++; got.text = '' })
events.addEventListener('done', () => { got.done++ })
// After the end it is left to reconnect once, and must be stopped by 204.
events.onerror = () => { if (events.readyState === EventSource.CLOSED) { got.stopped = true; finish() } }
setTimeout(finish, 25000)
