// nostr-tools as the second opinion: one JSON request per line of stdin, one JSON answer per line of stdout.
import { createInterface } from 'node:readline'
import { finalizeEvent, generateSecretKey, getPublicKey, verifyEvent } from 'nostr-tools/pure'
import { decode, npubEncode, nsecEncode } from 'nostr-tools/nip19'
import { Relay, useWebSocketImplementation } from 'nostr-tools/relay'
import { bytesToHex, hexToBytes } from 'nostr-tools/utils'
import WebSocket from 'ws'

useWebSocketImplementation(WebSocket)

const connections = new Map()
const connect = async (url) => {
  if (!connections.get(url)?.connected) connections.set(url, await Relay.connect(url))
  return connections.get(url)
}

// What stands in control events: WIRE 3.8, read off the page and not off our code.
const types = {
  30020: 'CAPS_ANNOUNCE', 30021: 'PRICE_ANNOUNCE', 30022: 'STATUS_ANNOUNCE', 30023: 'RECEIPT_SUMMARY',
  20020: 'RFB', 20021: 'BID', 20022: 'AWARD', 20023: 'CANCEL',
}
const parse = (event) => {
  if (!verifyEvent(event)) return { error: 'invalid-signature' }
  const tag = (name) => event.tags.find((tag) => tag[0] === name)?.[1]
  const type = tag('t') ?? types[event.kind]
  if (!Object.values(types).includes(type)) return { error: 'unsupported-kind' }
  const expiry = Number(tag('exp'))
  if (!Number.isFinite(expiry)) return { error: 'missing-expiry' }
  let payload
  try {
    payload = JSON.parse(event.content)
  } catch {
    return { error: 'invalid-payload' }
  }
  const routerId = npubEncode(event.pubkey)
  return { type, messageId: tag('msg') ?? event.id, version: tag('v') ?? '0.1', timestamp: event.created_at * 1000, expiry, routerId, ofItself: payload.routerId === routerId, payload }
}

const operations = {
  // events → the control message in each, or why there is none
  parse: ({ events }) => events.map(parse),
  // events → for each, whether nostr-tools finds id and signature right
  verify: ({ events }) => events.map((event) => verifyEvent(event)),
  // templates → signed events
  sign: ({ secret, templates }) => templates.map((template) => finalizeEvent(template, hexToBytes(secret))),
  // count → new keys in every spelling
  keys: ({ count }) =>
    Array.from({ length: count }, () => {
      const secret = generateSecretKey()
      const pubkey = getPublicKey(secret)
      return { secret: bytesToHex(secret), pubkey, nsec: nsecEncode(secret), npub: npubEncode(pubkey) }
    }),
  // nsecs → what nostr-tools makes of them
  read: ({ nsecs }) =>
    nsecs.map((nsec) => {
      const secret = decode(nsec).data
      const pubkey = getPublicKey(secret)
      return { secret: bytesToHex(secret), pubkey, npub: npubEncode(pubkey) }
    }),
  // relay, filter → stored events, each verified here
  fetch: async ({ relay: url, filter }) => {
    const relay = await connect(url)
    const events = await new Promise((resolve) => {
      const found = []
      const subscription = relay.subscribe([filter], {
        onevent: (event) => found.push(event),
        oneose: () => {
          subscription.close()
          resolve(found)
        },
      })
    })
    return events.map((event) => ({ verified: verifyEvent(JSON.parse(JSON.stringify(event))), event }))
  },
  // relay, event → published by nostr-tools
  publish: async ({ relay: url, event }) => {
    const relay = await connect(url)
    try {
      return { accepted: true, message: await relay.publish(event) }
    } catch (error) {
      return { accepted: false, message: error.message }
    }
  },
}

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line)
  try {
    console.log(JSON.stringify({ result: await operations[request.op](request) }))
  } catch (error) {
    console.log(JSON.stringify({ error: String(error.stack ?? error) }))
  }
}
