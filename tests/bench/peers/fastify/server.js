// SPDX-License-Identifier: Apache-2.0
// A peer of the benchmarks: Fastify, pg, fast-jwt, two processes. See ../README.md.
import cluster from 'node:cluster'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createVerifier } from 'fast-jwt'
import Fastify from 'fastify'
import pg from 'pg'
import { v7 as uuidv7 } from 'uuid'

const sql = name => readFileSync(join(process.env.QUERIES, 'teams', `${name}.sql`), 'utf8')

const text = { type: 'string' }
const optional = { type: ['string', 'null'] }
const team = {
  type: 'object',
  properties: {
    id: text, parent_id: optional, path: { type: 'array', items: text }, name: text, purpose: text, kind: text,
    visibility: text, created_by: optional, version: { type: 'integer' }, created_at: text, updated_at: text
  }
}
const body = {
  type: 'object',
  required: ['name', 'kind'],
  additionalProperties: false,
  properties: {
    name: { type: 'string', minLength: 1, maxLength: 200 }, purpose: { type: 'string', maxLength: 4000 },
    kind: { enum: ['functional', 'cross_functional', 'circle', 'working_group'] },
    visibility: { enum: ['open', 'private'] }, parent_id: optional
  }
}

async function serve () {
  const connectionString = process.env.DATABASE_URL
  const pool = new pg.Pool({ ...(process.env.PGHOST ? {} : { connectionString }), max: 8 })
  const verify = createVerifier({
    key: readFileSync(process.env.SECRET_FILE), algorithms: ['HS256'], allowedAud: 'cohelm', allowedIss: 'https://bench.example'
  })
  const people = new Map()
  const app = Fastify()
  app.decorateRequest('principal', null)

  app.addHook('onRequest', async (request, reply) => {
    const header = request.headers.authorization
    let claims
    try {
      if (!header?.startsWith('Bearer ')) throw new Error('no token')
      claims = verify(header.slice(7))
    } catch {
      return reply.code(401).send({ code: 'invalid_token' })
    }
    let principal = people.get(claims.sub)
    if (!principal) {
      const found = await pool.query('select id from people where issuer = $1 and subject = $2', [claims.iss, claims.sub])
      principal = `(${found.rows[0].id},,)`
      people.set(claims.sub, principal)
    }
    request.principal = principal
  })

  const run = (name, values) => pool.query({ name, text: statements[name], values })
  const statements = { team_get: sql('team_get'), team_list: sql('team_list'), team_create: sql('team_create') }

  app.get('/v1/organisations/:organisation/teams/:team', {
    schema: { params: { type: 'object', properties: { team: { type: 'string', pattern: '^[0-9a-f-]{36}$' } } }, response: { 200: team } }
  }, async (request, reply) => {
    const { rows } = await run('team_get', [request.principal, request.params.organisation, request.params.team])
    if (!rows.length) return reply.code(404).send({ code: 'not_found' })
    if (rows[0]._status) return reply.code(rows[0]._status).send({ code: 'refused' })
    return rows[0]
  })

  app.get('/v1/organisations/:organisation/teams', {
    schema: {
      querystring: { type: 'object', additionalProperties: false, properties: { limit: { type: 'integer', minimum: 1, maximum: 200, default: 50 } } },
      response: { 200: { type: 'object', properties: { items: { type: 'array', items: team }, next_cursor: optional } } }
    }
  }, async request => {
    const limit = request.query.limit
    const { rows } = await run('team_list',
      [request.principal, request.params.organisation, limit + 1, null, null, null, null, null, null, null, null])
    const items = rows.slice(0, limit)
    return { items, next_cursor: rows.length > limit ? items.at(-1).name : null }
  })

  app.post('/v1/organisations/:organisation/teams', { schema: { body, response: { 201: team } } }, async (request, reply) => {
    const change = uuidv7()
    const b = request.body
    const { rows } = await run('team_create', [request.principal, request.params.organisation, uuidv7(), b.name, b.purpose, b.kind,
      b.visibility, b.parent_id, change, change])
    if (!rows.length || rows[0]._status) return reply.code(rows[0]?._status ?? 404).send({ code: 'refused' })
    return reply.code(201).send(rows[0])
  })

  await app.listen({ host: '127.0.0.1', port: Number(process.env.PORT) })
}

if (cluster.isPrimary) {
  cluster.fork()
  cluster.fork()
  process.on('SIGTERM', () => { for (const worker of Object.values(cluster.workers)) worker.kill(); process.exit(0) })
} else {
  await serve()
}
