-- Sends $DEPTH requests at once: POSTs of $BODY, or GETs if it is empty. The client accepts gzip.
local body = os.getenv("BODY")
wrk.headers["Accept-Encoding"] = "gzip"
if body ~= "" then wrk.method, wrk.body = "POST", body end

local requests
function init() requests = string.rep(wrk.format(), tonumber(os.getenv("DEPTH"))) end
function request() return requests end
