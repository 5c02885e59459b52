// Real clients from npm against our server.   node clients.mjs PORT
// Prints one JSON object: what each client saw of each stream.
import Anthropic from '@anthropic-ai/sdk'
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { DefaultChatTransport, jsonSchema, readUIMessageStream, streamText, tool } from 'ai'
import { EventSource } from 'eventsource'
import OpenAI from 'openai'
import { createRequire } from 'node:module'

const BASE = `http://127.0.0.1:${process.argv[2]}`
const KINDS = ['plain', 'tools', 'error']
const hi = [{ role: 'user', content: 'hi' }]
const seen = {}
console.error = console.warn = () => {}

async function look(name, f) {
  const got = { text: '', reasoning: '', arguments: '' }
  try { await f(got) } catch (e) { got.error = `${e.constructor?.name}: ${e.message}` }
  seen[name] = got
}

const openai = new OpenAI({ apiKey: 'x', baseURL: BASE + '/v1', maxRetries: 0, logLevel: 'off' })
for (const model of KINDS)
  await look('openai ' + model, async got => {
    for await (const c of await openai.chat.completions.create({ model, stream: true, messages: hi })) {
      const d = c.choices[0]?.delta
      got.text += d?.content ?? ''
      got.reasoning += d?.reasoning_content ?? ''
      for (const t of d?.tool_calls ?? []) { got.arguments += t.function.arguments; got.tool ??= t.function.name }
      got.finish = c.choices[0]?.finish_reason ?? got.finish
      got.output = c.usage?.completion_tokens ?? got.output
    }
  })

const anthropic = new Anthropic({ apiKey: 'x', baseURL: BASE, maxRetries: 0, logLevel: 'off' })
for (const model of KINDS)
  await look('anthropic ' + model, async got => {
    const stream = anthropic.messages.stream({ model, max_tokens: 9, messages: hi })
    stream.on('text', t => { got.text += t })
    stream.on('thinking', t => { got.reasoning += t })
    stream.on('inputJson', t => { got.arguments += t })
    const message = await stream.finalMessage()
    got.finish = message.stop_reason
    got.output = message.usage.output_tokens
    got.tool = message.content.find(b => b.type === 'tool_use')?.name
  })

const compatible = createOpenAICompatible({ name: 'rx', baseURL: BASE + '/v1', apiKey: 'x', includeUsage: true })
const tools = { weather: tool({ inputSchema: jsonSchema({ type: 'object', properties: { city: { type: 'string' } } }) }) }
for (const model of KINDS)
  await look('ai streamText ' + model, async got => {
    let error
    const r = streamText({ model: compatible(model), prompt: 'hi', maxRetries: 0, tools, onError: e => { error = e.error } })
    for await (const part of r.fullStream ?? r.stream) {
      if (part.type === 'text-delta') got.text += part.text
      if (part.type === 'reasoning-delta') got.reasoning += part.text
      if (part.type === 'tool-call') { got.arguments = JSON.stringify(part.input); got.tool = part.toolName }
      if (part.type === 'finish') { got.finish = part.finishReason; got.output = part.totalUsage?.outputTokens }
      if (part.type === 'error') error ??= part.error
    }
    if (error) throw error instanceof Error ? error : new Error(error?.message ?? JSON.stringify(error))
  })

for (const kind of KINDS)
  await look('ai useChat transport ' + kind, async got => {
    let last, error, finish
    const transport = new DefaultChatTransport({ api: BASE + '/ui/' + kind })
    const stream = await transport.sendMessages({ chatId: 'c1', trigger: 'submit-message', messages: [{ id: 'u', role: 'user', parts: [{ type: 'text', text: 'hi' }] }] })
    const [parts, all] = stream.tee()
    const watch = (async () => { for await (const p of all) { if (p.type === 'finish') finish = p; if (p.type === 'data-progress') got.progress = (got.progress ?? 0) + 1 } })()
    for await (const m of readUIMessageStream({ stream: parts, onError: e => { error = e } })) last = m
    await watch
    const of = type => last?.parts.filter(p => p.type === type) ?? []
    got.text = of('text').map(p => p.text).join('')
    got.reasoning = of('reasoning').map(p => p.text).join('')
    const call = of('tool-weather')[0]
    if (call) { got.arguments = JSON.stringify(call.input); got.tool = 'weather'; got.state = call.state }
    got.finish = finish?.finishReason
    got.output = finish?.messageMetadata?.usage?.output_tokens
    if (error) throw error
  })
await look('ai reconnect', async got => {
  const transport = new DefaultChatTransport({ api: BASE + '/ui/plain' })
  got.none = (await transport.reconnectToStream({ chatId: 'c1' })) === null
})

// fetch-event-source expects a little of a browser.
globalThis.window = globalThis
globalThis.document = { addEventListener() {}, removeEventListener() {} }
const { fetchEventSource } = createRequire(import.meta.url)('@microsoft/fetch-event-source')
for (const kind of ['plain', 'error'])
  await look('fetch-event-source ' + kind, got => fetchEventSource(`${BASE}/sse/json/${kind}`, {
    method: 'POST', openWhenHidden: true, body: '{}', onclose() {}, onerror(e) { throw e },
    onmessage(m) {
      if (m.event === '') got.text += JSON.parse(m.data).content
      else if (m.event === 'progress') got.progress = (got.progress ?? 0) + 1
      else if (m.event === 'stream-error') got.error = JSON.parse(m.data).message
      else if (m.event === 'done') got.finish = JSON.parse(m.data).finish_reason
    }
  }))

const listen = (got, url, over) => new Promise(done => {
  const es = new EventSource(url)
  const timer = setTimeout(() => { es.close(); got.error = 'timeout'; done() }, 8000)
  const end = () => { clearTimeout(timer); es.close(); done() }
  es.onopen = () => { got.opened = (got.opened ?? 0) + 1 }
  es.onmessage = e => { got.text += JSON.parse(e.data).content; got.id = e.lastEventId }
  es.addEventListener('progress', () => { got.progress = (got.progress ?? 0) + 1 })
  es.addEventListener('stream-error', e => { got.error = JSON.parse(e.data).message; end() })
  es.addEventListener('done', e => { got.finish = JSON.parse(e.data).finish_reason; if (over === 'done') end() })
  es.onerror = () => { if (es.readyState === EventSource.CLOSED) { got.closed = true; end() } }
})
for (const kind of ['plain', 'error']) await look('eventsource ' + kind, got => listen(got, `${BASE}/sse/json/${kind}`, 'done'))
// Never closes it: the server's 204 has to stop it from reading the answer again and again.
await look('eventsource left open', got => listen(got, BASE + '/kept/?who=eventsource', 'never'))

console.log(JSON.stringify(seen))
process.exit(0)
