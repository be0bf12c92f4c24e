// An independent NIP-01 relay on loopback: node relay.mjs [port]. Prints {"url":…} when ready and ends when stdin closes.
import { createServer } from 'node:http'
import { NostrRelay } from '@nostr-relay/core'
import { EventRepositorySqlite } from '@nostr-relay/event-repository-sqlite'
import { Validator } from '@nostr-relay/validator'
import { WebSocketServer } from 'ws'

const repository = new EventRepositorySqlite(':memory:')
await repository.init()
// Its defaults answer a REQ from a cache that is one second old, and allow 20 subscriptions.
const relay = new NostrRelay(repository, { filterResultCacheTtl: 0, maxSubscriptionsPerClient: 500 })
const validator = new Validator()

const http = createServer()
new WebSocketServer({ server: http, maxPayload: 256 * 1024 }).on('connection', (socket) => {
  relay.handleConnection(socket)
  socket.on('close', () => relay.handleDisconnect(socket))
  socket.on('error', () => socket.terminate())
  socket.on('message', async (data) => {
    try {
      await relay.handleMessage(socket, await validator.validateIncomingMessage(data))
    } catch (error) {
      socket.send(JSON.stringify(['NOTICE', String(error.message)]))
    }
  })
})
http.listen(Number(process.argv[2] ?? 0), '127.0.0.1', () => {
  console.log(JSON.stringify({ url: `ws://127.0.0.1:${http.address().port}` }))
})
process.stdin.on('end', () => process.exit(0)).resume()
