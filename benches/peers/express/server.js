// The two routes on Express, served where PEER_LISTEN says.
'use strict'

const fs = require('node:fs')
const path = require('node:path')
const express = require('express')
const morgan = require('morgan')

const note = fs.readFileSync(path.join(__dirname, '../note.txt'), 'utf8')
const app = express()
app.use(morgan('combined'))
app.use(express.raw({ type: () => true, limit: '8mb' }))

app.get('/hello/:name', (request, response) => {
  response.json({ message: `Hello, ${request.params.name}!`, note })
})

app.post('/echo', (request, response) => {
  response.type(request.get('content-type') ?? 'application/octet-stream').send(request.body)
})

const [host, port] = (process.env.PEER_LISTEN ?? '127.0.0.1:8080').split(':')
app.listen(Number(port), host)
