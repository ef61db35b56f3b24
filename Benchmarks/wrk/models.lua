-- Posts $BODY, in which MODEL is replaced by the name of a random one of $COUNT models:
-- $NAME-000000 and so on.
wrk.method = "POST"
local body, name, count = os.getenv("BODY"), os.getenv("NAME"), tonumber(os.getenv("COUNT"))

function request()
  local model = string.format("%s-%06d", name, math.random(0, count - 1))
  return wrk.format(nil, nil, nil, (body:gsub("MODEL", model)))
end
