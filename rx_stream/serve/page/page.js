// Shows one stream as it arrives. The server is the only source of truth: a tab that opens late, or
// a connection that was lost, gets the whole text again and goes on from there.

import { Chart } from './chart.js'

const $ = (id) => document.getElementById(id)
const UNLIMITED = 201 // One step beyond the slider's last rate.
const chart = new Chart($('chart'), $('area'), $('curve'), $('first'))
let run = null // The id of the run that is shown.
let paused = false // Whether it is held.
let events = null // Its EventSource.

const number = (value, digits = 0) => (value == null ? '–' : value.toFixed(digits))
const seconds = (value) => (value == null ? '–' : `${value.toFixed(1)} s`)

function show(state, words) {
  $('state').dataset.state = state
  $('state').textContent = words
  const live = state === 'streaming' || state === 'paused'
  $('pause').disabled = $('stop').disabled = !live
  $('pause').setAttribute('aria-pressed', String(state === 'paused'))
  $('pause').textContent = state === 'paused' ? 'Go on' : 'Pause'
}

function showLive() {
  show(paused ? 'paused' : 'streaming', paused ? 'Paused' : 'Streaming')
}

function clear() {
  $('text').replaceChildren()
  $('bar').value = 0
  for (const id of ['tokens', 'percentage', 'eta', 'ttft', 'elapsed', 'average', 'speed']) {
    $(id).textContent = '–'
  }
  chart.clear()
}

function addText(content) {
  const article = $('text')
  const follow = article.scrollHeight - article.scrollTop - article.clientHeight < 40
  const span = document.createElement('span')
  span.textContent = content
  article.append(span)
  if (follow) article.scrollTop = article.scrollHeight
}

function addProgress(p) {
  $('bar').value = p.percentage ?? 0
  $('tokens').textContent =
    number(p.tokens_received) + (p.total_tokens == null ? '' : ` / ${number(p.total_tokens)}`)
  $('percentage').textContent = p.percentage == null ? '–' : `${Math.floor(p.percentage)} %`
  $('eta').textContent = seconds(p.eta)
  $('ttft').textContent = seconds(p.time_to_first_token)
  $('elapsed').textContent = seconds(p.elapsed)
  $('average').textContent = number(p.tokens_per_second_average, 1)
  $('speed').textContent = number(p.tokens_per_second, 1)
  chart.add(p.elapsed, p.tokens_per_second, p.time_to_first_token)
  $('chart-top').textContent = `up to ${number(chart.top)}`
  $('chart-end').textContent = seconds(chart.end)
}

function finish(state, words) {
  events?.close()
  events = null
  show(state, words)
}

function join(joined) {
  events?.close()
  run = joined.id
  paused = joined.paused
  events = new EventSource(`api/runs/${run}/events`)
  events.onopen = () => {
    clear()
    showLive()
  }
  events.onmessage = (event) => addText(JSON.parse(event.data).content)
  events.addEventListener('progress', (event) => addProgress(JSON.parse(event.data)))
  events.addEventListener('done', () => finish('completed', 'Complete'))
  events.addEventListener('stream-error', (event) => {
    const { message } = JSON.parse(event.data)
    finish(message === 'stopped' ? 'stopped' : 'error', `Incomplete: ${message}`)
  })
  events.onerror = () => {
    if (events?.readyState === EventSource.CLOSED) {
      finish('lost', 'The server has lost this stream; what you see is incomplete')
    } else {
      show('lost', 'Connection lost; trying again')
    }
  }
}

async function call(method, path, body) {
  const answer = await fetch(path, {
    method,
    headers: { 'content-type': 'application/json' },
    body: body && JSON.stringify(body),
  })
  if (!answer.ok) throw new Error((await answer.json()).error)
  return answer.status === 204 ? null : answer.json()
}

const rate = () => (Number($('rate').value) === UNLIMITED ? null : Number($('rate').value))

function showRate() {
  $('rate-shown').textContent = rate() === null ? 'as it comes' : `${rate()} tokens/s`
}

async function change(settings) {
  try {
    return await call('PATCH', `api/runs/${run}`, settings)
  } catch (error) {
    show('error', error.message)
  }
}

$('controls').addEventListener('submit', async (event) => {
  event.preventDefault()
  try {
    const started = await call('POST', 'api/runs', { unit: $('unit').value, rate: rate() })
    clear()
    join(started)
  } catch (error) {
    show('error', error.message)
  }
})
$('rate').addEventListener('input', () => {
  showRate()
  if (events) change({ rate: rate() })
})
$('pause').addEventListener('click', async () => {
  const changed = await change({ paused: !paused })
  if (!changed || !events) return // It was refused, or the stream has ended meanwhile.
  paused = changed.paused
  showLive()
})
$('stop').addEventListener('click', () => call('DELETE', `api/runs/${run}`))

showRate()
const current = await call('GET', 'api/runs/current')
if (current.id !== null) {
  $('unit').value = current.unit
  $('rate').value = current.rate ?? UNLIMITED
  showRate()
  join(current)
}
