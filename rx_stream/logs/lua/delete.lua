-- Remove a stream. What stays for a while is an epoch that no producer has: who still writes the
-- stream is fenced, and does not bring it back as after a loss of the server.
-- KEYS: state, text, lease   ARGV: time to live in ms
redis.call('DEL', KEYS[1], KEYS[2], KEYS[3])
redis.call('HSET', KEYS[1], 'epoch', '')
redis.call('PEXPIRE', KEYS[1], ARGV[1])
