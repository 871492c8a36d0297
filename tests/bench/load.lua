-- wrk script: a new message id in every request, documents in turn; counts what was accepted.
-- Arguments after "--": file of bodies (one per line), content type, key, mark of this round.
local bodies, headers, round = {}, {}, ""
local sent = 0
local threads = {}
accepted = 0

function setup(thread)
  table.insert(threads, thread)
end

function init(arguments)
  for line in io.lines(arguments[1]) do
    local head, tail = line:match("^(.-)@@message%-id@@(.*)$")
    table.insert(bodies, { head, tail })
  end
  headers["Content-Type"] = arguments[2]
  headers["Punte-Key"] = arguments[3]
  headers["SOAPAction"] = '""'
  round = arguments[4]
end

function request()
  sent = sent + 1
  local body = bodies[sent % #bodies + 1]
  local id = string.format("urn:uuid:%s-%010d", round, sent)
  return wrk.format("POST", nil, headers, body[1] .. id .. body[2])
end

function response(status)
  if status >= 200 and status < 300 then
    accepted = accepted + 1
  end
end

function done(summary, latency)
  local good = 0
  for _, thread in ipairs(threads) do
    good = good + thread:get("accepted")
  end
  local errors = summary.errors
  io.write(string.format(
    'RESULT {"accepted":%d,"requests":%d,"seconds":%.6f,"p50_ms":%.3f,"p99_ms":%.3f,"socket_errors":%d}\n',
    good, summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    errors.connect + errors.read + errors.write + errors.timeout
  ))
end
