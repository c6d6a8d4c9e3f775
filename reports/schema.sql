-- results.sqlite: everything that one study found. Every other output is made from this file; `reports/README.md` describes it.
-- Units stand in the names: _ns nanoseconds, _ms milliseconds, _s seconds, _mb mebibytes, _usd US dollars.
-- An interval is three columns: the point, and the ends of its 95 % interval; NULL where there is no value or no interval.

CREATE TABLE study (
	-- One row: what was asked and how it was answered.
	id INTEGER PRIMARY KEY CHECK (id = 1),
	weir_version TEXT NOT NULL,           -- of the program that simulated
	name TEXT NOT NULL,                   -- of the scenario
	file TEXT NOT NULL,                   -- the template, as given
	scenario_text TEXT NOT NULL,          -- template and workload, as read
	region TEXT NOT NULL,
	seed TEXT NOT NULL CHECK (seed <> '' AND seed NOT GLOB '*[^0-9]*'), -- decimal; unsigned 64 bits do not fit an INTEGER
	replications INTEGER NOT NULL CHECK (replications > 0),
	replications_asked INTEGER CHECK (replications_asked > 0), -- NULL: as many as the precision needs
	duration_ns INTEGER NOT NULL CHECK (duration_ns >= 0),     -- of one replication, warm-up included
	warm_up_ns INTEGER NOT NULL CHECK (warm_up_ns >= 0),       -- left out of all figures but the series
	warm_up_auto INTEGER NOT NULL CHECK (warm_up_auto IN (0, 1)),
	simulated_s REAL NOT NULL CHECK (simulated_s >= 0),        -- of one replication, without the warm-up
	precision_asked REAL NOT NULL,        -- relative half-width of the 95 % interval
	precision_reached INTEGER NOT NULL CHECK (precision_reached IN (0, 1)),
	worst_precision REAL,                 -- of the widest watched metric; NULL when none was watched
	worst_metric TEXT,                    -- which that is
	events INTEGER NOT NULL CHECK (events >= 0),               -- processed in all replications
	account_concurrency INTEGER NOT NULL, -- the account's limit in the Region
	account_used_by_others INTEGER NOT NULL,
	scaling_unlimited INTEGER NOT NULL CHECK (scaling_unlimited IN (0, 1)),
	request_unlimited INTEGER NOT NULL CHECK (request_unlimited IN (0, 1))
) STRICT;

CREATE TABLE function (
	-- One row a function of the template, configured as simulated.
	id INTEGER PRIMARY KEY,
	name TEXT NOT NULL UNIQUE,            -- logical ID
	function_name TEXT NOT NULL,
	runtime TEXT,                         -- NULL for images
	handler TEXT,
	architecture TEXT NOT NULL CHECK (architecture IN ('x86_64', 'arm64')),
	memory_mb INTEGER NOT NULL CHECK (memory_mb > 0),
	timeout_s INTEGER NOT NULL CHECK (timeout_s > 0),
	ephemeral_mb INTEGER NOT NULL,
	reserved INTEGER CHECK (reserved >= 0), -- ReservedConcurrentExecutions; NULL when not set
	model TEXT NOT NULL,                  -- where durations come from: 'profile', 'declared'
	reclaim TEXT NOT NULL,                -- how long an idle environment lives, in words
	reuse TEXT NOT NULL                   -- which idle environment serves next
) STRICT;

CREATE TABLE source (
	-- One row a source of traffic.
	id INTEGER PRIMARY KEY,
	name TEXT NOT NULL,                   -- "Hello.Get", or the function's name for a direct Invoke
	kind TEXT NOT NULL,                   -- 'Invoke', 'Api', 'HttpApi', 'FunctionUrl'
	function_id INTEGER REFERENCES function (id), -- NULL for a source that sends to a resource
	route TEXT,                           -- "GET /hello"; NULL where there is none
	arrivals TEXT NOT NULL,               -- 'constant', 'poisson', 'renewal', 'rates', 'times'
	rate_per_s REAL,                      -- NULL for rates and times
	gap_cv REAL,                          -- renewal: coefficient of variation of the gaps
	pattern_period_s REAL,                -- NULL without a pattern
	growth_per_month REAL NOT NULL,       -- 0.04 is 4 % in 30 days
	client_preset TEXT,
	client_timeout_ns INTEGER,            -- of one attempt; NULL for none
	client_max_attempts INTEGER NOT NULL CHECK (client_max_attempts > 0),
	client_retries_on TEXT NOT NULL,      -- "429, 5xx, timeout"; '' for nothing
	wait_limit_ns INTEGER                 -- the source's own timeout; NULL for none
) STRICT;

CREATE TABLE resource (
	-- One row a queue, topic, event bus, bucket, stream or event source mapping, configured as simulated; those that got no event too.
	id INTEGER PRIMARY KEY,
	scope TEXT NOT NULL CHECK (scope IN ('queue', 'topic', 'bus', 'bucket', 'stream', 'mapping')),
	name TEXT NOT NULL,                   -- logical ID, "default", or a schedule's name
	about TEXT NOT NULL,                  -- its settings in words
	retention_ns INTEGER CHECK (retention_ns > 0), -- queues and streams
	UNIQUE (scope, name)
) STRICT;

CREATE TABLE metric (
	-- One row a number of summary.json, named as CloudWatch names it where it does.
	id INTEGER PRIMARY KEY,               -- in the order of summary.json
	scope TEXT NOT NULL CHECK (scope IN ('run', 'account', 'function', 'source', 'queue', 'topic', 'bus', 'bucket', 'stream', 'mapping', 'outside')),
	entity TEXT NOT NULL,                 -- a function's or source's name; '' for the run and the account
	metric TEXT NOT NULL,                 -- "Invocations", "Latency_ms"
	statistic TEXT NOT NULL,              -- "mean", "p99", "200"; '' where the metric is one number
	mean REAL, low REAL, high REAL,
	exact INTEGER NOT NULL CHECK (exact IN (0, 1)), -- 1: no estimate (a price, a limit)
	UNIQUE (scope, entity, metric, statistic),
	CHECK ((low IS NULL) = (high IS NULL))
) STRICT;

CREATE TABLE series (
	-- One row a series over the run: equal periods from the start, averaged over replications.
	id INTEGER PRIMARY KEY,
	scope TEXT NOT NULL CHECK (scope IN ('run', 'account', 'function', 'source', 'queue', 'topic', 'bus', 'bucket', 'stream', 'mapping', 'outside')),
	entity TEXT NOT NULL,
	metric TEXT NOT NULL,                 -- counts are per period; "ConcurrentExecutions" is the period's maximum, as in CloudWatch
	period_ns INTEGER NOT NULL CHECK (period_ns > 0),
	UNIQUE (scope, entity, metric)
) STRICT;

CREATE TABLE series_point (
	-- One row a period of a series.
	series_id INTEGER NOT NULL REFERENCES series (id),
	period INTEGER NOT NULL CHECK (period >= 0), -- 0 is the first; it begins at period * period_ns
	value REAL,                           -- NULL where nothing was measured
	PRIMARY KEY (series_id, period)
) STRICT, WITHOUT ROWID;

CREATE TABLE histogram (
	-- One row a distribution, pooled over all replications.
	id INTEGER PRIMARY KEY,
	scope TEXT NOT NULL CHECK (scope IN ('run', 'account', 'function', 'source', 'queue', 'topic', 'bus', 'bucket', 'stream', 'mapping', 'outside')),
	entity TEXT NOT NULL,
	metric TEXT NOT NULL,                 -- "Latency", "Latency.cold", "Latency.warm", "Duration", "Init"
	count INTEGER NOT NULL CHECK (count >= 0),
	smallest_ns INTEGER, largest_ns INTEGER, -- NULL when empty
	bytes BLOB NOT NULL,                  -- the whole histogram, 256 buckets to an octave; format: sim/histogram.c
	UNIQUE (scope, entity, metric)
) STRICT;

CREATE TABLE histogram_bucket (
	-- The same for people, coarser: 16 buckets to an octave, only those that hold something.
	histogram_id INTEGER NOT NULL REFERENCES histogram (id),
	low_ns INTEGER NOT NULL,              -- from low_ns ...
	high_ns INTEGER NOT NULL,             -- ... to high_ns, both included
	count INTEGER NOT NULL CHECK (count > 0),
	cumulative_share REAL NOT NULL CHECK (cumulative_share BETWEEN 0 AND 1), -- of values up to high_ns
	PRIMARY KEY (histogram_id, low_ns),
	CHECK (high_ns >= low_ns)
) STRICT, WITHOUT ROWID;

CREATE TABLE cost (
	-- One row a line of a bill.
	id INTEGER PRIMARY KEY,
	month INTEGER NOT NULL CHECK (month IN (0, 1)), -- 1: a month of 730 h after tiers and free tier; 0: one replication at list price
	service TEXT NOT NULL,
	resource TEXT NOT NULL,               -- a function's name; '' for what belongs to none
	item TEXT NOT NULL,
	quantity REAL,
	unit TEXT NOT NULL,
	usd REAL, usd_low REAL, usd_high REAL
) STRICT;

CREATE TABLE objective (
	-- One row an objective and what became of it.
	id INTEGER PRIMARY KEY,
	text TEXT NOT NULL,                   -- as written
	entity TEXT NOT NULL,
	metric TEXT NOT NULL,
	statistic TEXT NOT NULL,
	percent INTEGER NOT NULL CHECK (percent IN (0, 1)), -- 1: threshold and value are shares, 0.01 is 1 %
	comparator TEXT NOT NULL CHECK (comparator IN ('<', '<=', '>', '>=')),
	threshold REAL NOT NULL,              -- milliseconds, share, number or US dollars a month
	verdict TEXT NOT NULL CHECK (verdict IN ('missed', 'met', 'undecided')),
	value REAL, low REAL, high REAL
) STRICT;

CREATE TABLE note (
	-- One row a thing that the reader of a report must know.
	id INTEGER PRIMARY KEY,
	severity TEXT NOT NULL CHECK (severity IN ('warning', 'note')),
	topic TEXT NOT NULL,                  -- "assumption", "cost", "profile", "precision"
	text TEXT NOT NULL
) STRICT;

-- For people: one row a function with the headline numbers.
CREATE VIEW v_functions AS
SELECT f.name, f.memory_mb, f.architecture, f.timeout_s, f.reserved,
	max(CASE WHEN m.metric = 'Invocations' THEN m.mean END) AS invocations,
	max(CASE WHEN m.metric = 'Errors' THEN m.mean END) AS errors,
	max(CASE WHEN m.metric = 'Throttles' THEN m.mean END) AS throttles,
	max(CASE WHEN m.metric = 'ColdStarts' THEN m.mean END) AS cold_starts,
	max(CASE WHEN m.metric = 'Latency_ms' AND m.statistic = 'p50' THEN m.mean END) AS latency_p50_ms,
	max(CASE WHEN m.metric = 'Latency_ms' AND m.statistic = 'p99' THEN m.mean END) AS latency_p99_ms,
	max(CASE WHEN m.metric = 'ConcurrentExecutions' AND m.statistic = 'mean' THEN m.mean END) AS concurrency_mean,
	max(CASE WHEN m.metric = 'ConcurrentExecutions' AND m.statistic = 'max' THEN m.mean END) AS concurrency_max,
	max(CASE WHEN m.metric = 'Cost_usd' AND m.statistic = 'month' THEN m.mean END) AS usd_month -- before the free tier
FROM function AS f LEFT JOIN metric AS m ON m.scope = 'function' AND m.entity = f.name
GROUP BY f.id ORDER BY f.id;

-- One row a source of traffic.
CREATE VIEW v_sources AS
SELECT s.name, s.kind, f.name AS function,
	max(CASE WHEN m.metric = 'Requests' THEN m.mean END) AS requests,
	max(CASE WHEN m.metric = 'Attempts' THEN m.mean END) AS attempts,
	max(CASE WHEN m.metric = 'Amplification' THEN m.mean END) AS amplification,
	group_concat(CASE WHEN m.metric = 'Status' AND m.mean > 0 THEN m.statistic || ': ' || m.mean END, ', ') AS status,
	max(CASE WHEN m.metric = 'FunctionErrors' THEN m.mean END) AS function_errors, -- of the answers of 200; direct Invoke only
	max(CASE WHEN m.metric = 'Latency_ms' AND m.statistic = 'p50' THEN m.mean END) AS latency_p50_ms,
	max(CASE WHEN m.metric = 'Latency_ms' AND m.statistic = 'p99' THEN m.mean END) AS latency_p99_ms
FROM source AS s LEFT JOIN function AS f ON f.id = s.function_id
	LEFT JOIN metric AS m ON m.scope = 'source' AND m.entity = s.name
GROUP BY s.id ORDER BY s.id;

-- One row a queue.
CREATE VIEW v_queues AS
SELECT r.name, r.about,
	max(CASE WHEN m.metric = 'NumberOfMessagesSent' THEN m.mean END) AS sent,
	max(CASE WHEN m.metric = 'Ended' AND m.statistic = 'delivered' THEN m.mean END) AS processed,
	max(CASE WHEN m.metric = 'Ended' AND m.statistic = 'dead-lettered' THEN m.mean END) AS dead_lettered,
	max(CASE WHEN m.metric = 'Ended' AND m.statistic = 'expired' THEN m.mean END) AS expired,
	max(CASE WHEN m.metric = 'Ended' AND m.statistic = 'in flight' THEN m.mean END) AS held,
	max(CASE WHEN m.metric = 'Age_ms' AND m.statistic = 'p50' THEN m.mean END) AS age_p50_ms,
	max(CASE WHEN m.metric = 'Age_ms' AND m.statistic = 'p99' THEN m.mean END) AS age_p99_ms,
	max(CASE WHEN m.metric = 'ApproximateAgeOfOldestMessage_ms' THEN m.mean END) AS oldest_ms,
	max(CASE WHEN m.metric = 'ApproximateNumberOfMessagesVisible' AND m.statistic = 'max' THEN m.mean END) AS visible_max
FROM resource AS r JOIN metric AS m ON m.scope = 'queue' AND m.entity = r.name
WHERE r.scope = 'queue' GROUP BY r.id ORDER BY r.id;

-- One row a stream.
CREATE VIEW v_streams AS
SELECT r.name, r.about,
	max(CASE WHEN m.metric = 'IncomingRecords' THEN m.mean END) AS records,
	max(CASE WHEN m.metric = 'Ended' AND m.statistic = 'delivered' THEN m.mean END) AS processed,
	max(CASE WHEN m.metric = 'DroppedEventCount' THEN m.mean END) AS discarded,
	max(CASE WHEN m.metric = 'Ended' AND m.statistic = 'in flight' THEN m.mean END) AS held,
	max(CASE WHEN m.metric = 'Age_ms' AND m.statistic = 'p99' THEN m.mean END) AS age_p99_ms,
	max(CASE WHEN m.metric = 'IteratorAge_ms' AND m.statistic = 'max' THEN m.mean END) AS iterator_age_max_ms,
	max(CASE WHEN m.metric = 'BlockedTime_ms' THEN m.mean END) AS blocked_max_ms
FROM resource AS r JOIN metric AS m ON m.scope = 'stream' AND m.entity = r.name
WHERE r.scope = 'stream' GROUP BY r.id ORDER BY r.id;

-- One row an event source mapping.
CREATE VIEW v_mappings AS
SELECT r.name, r.about,
	max(CASE WHEN m.metric = 'PolledEventCount' THEN m.mean END) AS polled,
	max(CASE WHEN m.metric = 'FilteredOutEventCount' THEN m.mean END) AS filtered,
	max(CASE WHEN m.metric = 'Ended' AND m.statistic = 'delivered' THEN m.mean END) AS processed,
	max(CASE WHEN m.metric = 'FailedInvokeEventCount' THEN m.mean END) AS failed,
	max(CASE WHEN m.metric = 'DroppedEventCount' THEN m.mean END) AS discarded,
	max(CASE WHEN m.metric = 'Ended' AND m.statistic = 'in flight' THEN m.mean END) AS held,
	max(CASE WHEN m.metric = 'IteratorAge_ms' AND m.statistic = 'max' THEN m.mean END) AS iterator_age_max_ms
FROM resource AS r JOIN metric AS m ON m.scope = 'mapping' AND m.entity = r.name
WHERE r.scope = 'mapping' GROUP BY r.id ORDER BY r.id;

-- One row a function that something invokes asynchronously.
CREATE VIEW v_asynchronous AS
SELECT f.name,
	max(CASE WHEN m.metric = 'AsyncEventsReceived' THEN m.mean END) AS received,
	max(CASE WHEN m.metric = 'Retries' THEN m.mean END) AS retries,
	max(CASE WHEN m.metric = 'AsyncEventsDropped' THEN m.mean END) AS dropped,
	max(CASE WHEN m.metric = 'AsyncEventsEnded' AND m.statistic = 'dead-lettered' THEN m.mean END) AS dead_lettered,
	max(CASE WHEN m.metric = 'AsyncEventDelay_ms' AND m.statistic = 'p99' THEN m.mean END) AS delay_p99_ms,
	max(CASE WHEN m.metric = 'AsyncEventAge_ms' AND m.statistic = 'max' THEN m.mean END) AS age_max_ms
FROM function AS f JOIN metric AS m ON m.scope = 'function' AND m.entity = f.name
GROUP BY f.id HAVING received IS NOT NULL ORDER BY f.id;

-- Where what came to each place ended; "in flight" is what it still held at the end.
CREATE VIEW v_ends AS
SELECT scope, entity, statistic AS ended, max(CASE WHEN metric NOT LIKE '%Share' THEN mean END) AS events,
	max(CASE WHEN metric LIKE '%Share' THEN mean END) AS share
FROM metric WHERE metric IN ('Ended', 'EndedShare', 'AsyncEventsEnded', 'AsyncEventsEndedShare')
GROUP BY scope, entity, statistic ORDER BY min(id);

-- A month's bill, the dearest line first.
CREATE VIEW v_costs AS
SELECT service, resource, item, quantity, unit, usd, usd_low, usd_high
FROM cost WHERE month = 1 ORDER BY usd DESC, id;

-- Objectives with a sentence's worth of context.
CREATE VIEW v_objectives AS
SELECT text AS objective, verdict, value, low, high, comparator || ' ' || threshold AS wanted
FROM objective ORDER BY id;

-- Series with the time at which each period begins.
CREATE VIEW v_series AS
SELECT s.scope, s.entity, s.metric, p.period * s.period_ns / 1e9 AS begin_s, p.value
FROM series AS s JOIN series_point AS p ON p.series_id = s.id ORDER BY s.id, p.period;
