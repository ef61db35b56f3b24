-- Posts $BODY, waits $DELAY ms between requests if set, and counts responses by status.
wrk.method = "POST"
wrk.body = os.getenv("BODY")

if os.getenv("DELAY") then
  function delay() return tonumber(os.getenv("DELAY")) end
end

local thread
function setup(it) thread = it end
function init() ok, refused, other = 0, 0, 0 end
function response(status)
  if status == 200 then ok = ok + 1 elseif status == 503 then refused = refused + 1 else other = other + 1 end
end
function done()
  io.write(string.format(
    "ok=%d refused=%d other=%d\n", thread:get("ok"), thread:get("refused"), thread:get("other")))
end
