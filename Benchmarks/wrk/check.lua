-- Posts $BODY and compares each response with $EXPECTED.
wrk.method = "POST"
wrk.body = os.getenv("BODY")

local thread
function setup(it) thread = it end
function init()
  right, wrong = 0, 0
  expected = os.getenv("EXPECTED")
end
function response(status, headers, body)
  if status == 200 and body == expected then right = right + 1 else wrong = wrong + 1 end
end
function done() io.write(string.format("right=%d wrong=%d\n", thread:get("right"), thread:get("wrong"))) end
