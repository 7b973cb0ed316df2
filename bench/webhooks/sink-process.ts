/** A receiver in a process of its own: it answers as fast as it can, keeps when each delivery came, and hangs on /hang. */
import { createServer, type Socket } from 'node:net'

const ANSWER = 'HTTP/1.1 204 No Content\r\n\r\n'
let arrivals: [string, number][] = []
let healthy = 0

const server = createServer((socket) => {
  socket.setNoDelay(true)
  socket.on('error', () => undefined)
  serve(socket)
})
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as { port: number }).port }))
process.on('message', (message) => {
  if (message === 'count') process.send?.({ count: healthy })
  if (message === 'take') {
    process.send?.({ arrivals })
    arrivals = []
    healthy = 0
  }
})
process.on('disconnect', () => process.exit(0))

function serve(socket: Socket): void {
  let buffer = ''
  socket.setEncoding('latin1')
  socket.on('data', (text: string) => {
    buffer += text
    while (true) {
      const end = buffer.indexOf('\r\n\r\n')
      if (end < 0) return
      const head = buffer.slice(0, end)
      const length = Number(/content-length: *(\d+)/i.exec(head)?.[1] ?? 0)
      if (buffer.length < end + 4 + length) return
      buffer = buffer.slice(end + 4 + length)
      if (head.startsWith('POST /hang')) continue
      healthy += 1
      arrivals.push([/webhook-id: *(\S+)/i.exec(head)?.[1] ?? '', Date.now()])
      socket.write(ANSWER)
    }
  })
}
