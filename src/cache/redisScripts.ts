import { MAX_ENTRIES_PER_QUERY } from './store.ts';

/** Increase it when the stored form changes, since instances of both releases may share a Redis for a while. */
const VERSION = 5;
export const ENTRIES = `promotions-gateway:{cache}:page:v${VERSION}:`;
/** The hash tag in braces keeps the whole cache on one node of a cluster, since a lookup reads pages and marks together. */
export const MARKS = `promotions-gateway:{cache}:mark:v${VERSION}:`;

/** No index is longer, in bytes: its lines have less than 300 each. */
const MAX_INDEX_BYTES = MAX_ENTRIES_PER_QUERY * 512;

/**
 * The entries of a query are one hash. Its field `index` has one line for each entry, the newest by `asOf` first:
 * `<offset> <limit> <inside> <version> <asOf> <marks>`. The offset is `all` for an unknown customer. `inside` is 1 if the
 * entry can be used for windows inside its own. The marks are joined by commas. The sealed entry is in the field named by the
 * version, so a lookup reads the index and one entry.
 *
 * A mark holds the time at which it was last set, or just before the call of the entry that made it, in microseconds of Redis's
 * own clock. No other clock is used. An entry is invalid if one of its marks is gone, because it may then miss events. When a
 * later entry brings the mark back, earlier entries stay invalid. So an eviction by Redis makes no entry valid, unless a call that was
 * in flight before is the one that brings the mark back: docs/caching.md says under which policies.
 *
 * The mark `start` holds the time of the first lookup. A Redis that lost all marks, since it began anew, lost this one too: what was
 * decided before may miss an event.
 *
 * What no instance writes counts as missing, and is written anew: an index that is too long, a mark without a time or without an
 * end, anything of another type, an entry from the future, which the clock of a Redis that was set back leaves behind.
 */
const SHARED = `
local function now()
  local time = redis.call('TIME')
  return tonumber(time[1]) * 1000000 + tonumber(time[2])
end
local function text(moment) return string.format('%.0f', moment) end
local function indexOf(key)
  local size = redis.pcall('HSTRLEN', key, 'index')
  if type(size) ~= 'number' or size > ${MAX_INDEX_BYTES} then return '' end
  return redis.call('HGET', key, 'index') or ''
end
local function timeIn(mark)
  local time = redis.pcall('GET', '${MARKS}' .. mark)
  if type(time) == 'string' and string.match(time, '^%d+$') then return tonumber(time) end
end
local function setAt(mark)
  if redis.call('PTTL', '${MARKS}' .. mark) >= 0 then return timeIn(mark) end
end
local function isFuture(asOf) return tonumber(asOf) > now() end
local function wasSetSince(mark, asOf)
  local at = setAt(mark)
  return at ~= nil and at >= tonumber(asOf)
end
local function mayMissEvents(asOf)
  local start = timeIn('start')
  return not start or start > tonumber(asOf)
end
local function isValid(asOf, marks)
  if isFuture(asOf) then return false end
  for mark in string.gmatch(marks, '[^,]+') do
    if not setAt(mark) or wasSetSince(mark, asOf) then return false end
  end
  return true
end
local LINE = '([%dal]+) (%d+) (%d) (%S+) (%d+) (%S*)\\n'
local function lineOf(...) return table.concat({ ... }, ' ') .. '\\n' end
local function covers(offset, limit, inside, wantedOffset, wantedLimit)
  if offset == 'all' then return true end
  local from, size = tonumber(offset), tonumber(limit)
  if from == wantedOffset and size == wantedLimit then return true end
  if inside ~= '1' then return false end
  return wantedLimit == 0 or (from <= wantedOffset and wantedOffset + wantedLimit <= from + size)
end
local function newestFor(key, offset, limit)
  for from, size, inside, version, asOf, marks in string.gmatch(indexOf(key), LINE) do
    if covers(from, size, inside, tonumber(offset), tonumber(limit)) and isValid(asOf, marks) then
      local bytes = redis.call('HSTRLEN', key, version)
      if bytes > 0 then return version, asOf, marks, bytes end
    end
  end
end`;

/**
 * Returns the time, then for the window of each key (ARGV: offset, limit) the version, `asOf`, marks and value of the newest entry
 * that covers it. A value of more bytes than the last of ARGV is not read, and null.
 */
const GET = `${SHARED}
if mayMissEvents(now()) then redis.pcall('SET', '${MARKS}start', text(now())) end
local found, most = { text(now()) }, tonumber(ARGV[#ARGV])
for i, key in ipairs(KEYS) do
  local version, asOf, marks, bytes = newestFor(key, ARGV[2 * i - 1], ARGV[2 * i])
  found[#found + 1] = version and { version, asOf, marks, bytes <= most and redis.call('HGET', key, version) } or false
end
return found`;

/** Returns 1 if GET would find for each key and window (ARGV: offset, limit, version, `asOf`) the entry of this version and `asOf`. */
const CURRENT = `${SHARED}
for i, key in ipairs(KEYS) do
  local version, asOf = newestFor(key, ARGV[4 * i - 3], ARGV[4 * i - 2])
  if version ~= ARGV[4 * i - 1] or asOf ~= ARGV[4 * i] then return 0 end
end
return 1`;

/**
 * Stores one entry, unless a newer one covers it. Returns 1 if it did. ARGV: offset, limit, inside, version, asOf, marks, value and
 * the milliseconds that it may be served. It writes the value first: after any other write, also a full Redis that evicts nothing
 * would take it. It does so only for an entry that renews one of the same window, since any other may be a hundred times as large.
 */
const SET = `${SHARED}
local offset, limit, inside, version, asOf, marks = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local value, life = ARGV[7], tonumber(ARGV[8])
if mayMissEvents(asOf) then return 0 end
for mark in string.gmatch(marks, '[^,]+') do
  if wasSetSince(mark, asOf) then return 0 end
end
local index = indexOf(KEYS[1])
if index == '' and redis.call('EXISTS', KEYS[1]) == 1 then redis.call('DEL', KEYS[1]) end
local function replaces(offset, limit, inside, from, size)
  return offset == 'all' or from == 'all' or covers(offset, limit, inside, tonumber(from), tonumber(size))
end
local newer, older, dropped, renews = {}, {}, {}, false
for from, size, within, other, otherAsOf, otherMarks in string.gmatch(index, LINE) do
  local line, isNewer = lineOf(from, size, within, other, otherAsOf, otherMarks), tonumber(otherAsOf) > tonumber(asOf)
  if isFuture(otherAsOf) then dropped[#dropped + 1] = other
  elseif isNewer and replaces(from, size, within, offset, limit) then return 0
  elseif isNewer then newer[#newer + 1] = line
  elseif replaces(offset, limit, inside, from, size) or #newer + #older >= ${MAX_ENTRIES_PER_QUERY - 1} then dropped[#dropped + 1] = other
  else older[#older + 1] = line end
  renews = renews or (from == offset and size == limit)
end
if #newer == ${MAX_ENTRIES_PER_QUERY} then return 0 end
local own = lineOf(offset, limit, inside, version, asOf, marks)
if renews then redis.call('HDEL', KEYS[1], unpack(dropped)) end
redis.call('HSET', KEYS[1], 'index', table.concat(newer) .. own .. table.concat(older), version, value)
redis.call('PEXPIRE', KEYS[1], life)
if #dropped > 0 and not renews then redis.call('HDEL', KEYS[1], unpack(dropped)) end
for mark in string.gmatch(marks, '[^,]+') do
  local key = '${MARKS}' .. mark
  if not setAt(mark) then redis.call('SET', key, text(tonumber(asOf) - 1)) end
  if redis.call('PTTL', key) < life then redis.call('PEXPIRE', key, life) end
end
return 1`;

/**
 * Sets marks, which last for at least ARGV[1] milliseconds: entries from before ARGV[2] end, or all until now if that is empty or
 * the mark is gone, since nobody knows how late it was set before. A full Redis that evicts nothing refuses SET unless the script has
 * written before, hence DEL.
 */
const INVALIDATE = `${SHARED}
local recent, asOf, time = tonumber(ARGV[1]), tonumber(ARGV[2]), now()
for i = 3, #ARGV do
  local key, at = '${MARKS}' .. ARGV[i], asOf and setAt(ARGV[i])
  local life = math.max(redis.call('PTTL', key), recent)
  redis.call('DEL', key)
  redis.call('SET', key, text(at and math.max(at, asOf - 1) or time), 'PX', life)
end
return 1`;

/** Returns 1 if any of these marks was set since ARGV[1], or may have been. */
const INVALIDATED_SINCE = `${SHARED}
if mayMissEvents(ARGV[1]) then return 1 end
for i = 2, #ARGV do
  if wasSetSince(ARGV[i], ARGV[1]) then return 1 end
end
return 0`;

/** The scripts of the cache, by the names of their commands. */
export const SCRIPTS = {
  cacheGet: GET,
  cacheCurrent: CURRENT,
  cacheSet: SET,
  cacheInvalidate: INVALIDATE,
  cacheInvalidatedSince: INVALIDATED_SINCE,
} as const;
