BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0004');
CREATE TABLE audit (
	id INTEGER NOT NULL, 
	at FLOAT NOT NULL, 
	who VARCHAR(200) NOT NULL, 
	via VARCHAR(40) NOT NULL, 
	action VARCHAR(40) NOT NULL, 
	subject VARCHAR(40) NOT NULL, 
	"before" VARCHAR(40) NOT NULL, 
	"after" VARCHAR(40) NOT NULL, 
	why TEXT NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "audit" VALUES(1,10005.0,'local','loopback','begin','suggestion_390844a44f32','planned','applying','apply: Keep entries of answers for 60 s instead of 2 s');
INSERT INTO "audit" VALUES(2,10010.0,'airuntime','worker','observed','suggestion_390844a44f32','applying','watching','2 of 2 replicas obey');
CREATE TABLE booking (
	id INTEGER NOT NULL, 
	rollout VARCHAR(40) NOT NULL, 
	service VARCHAR(200) NOT NULL, 
	start FLOAT NOT NULL, 
	"end" FLOAT NOT NULL, 
	number INTEGER NOT NULL, 
	at FLOAT NOT NULL, 
	why TEXT NOT NULL, 
	usd FLOAT NOT NULL, 
	body JSON NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(rollout) REFERENCES rollout (id), 
	CONSTRAINT uq_booking_entry UNIQUE (rollout, start, number)
);
CREATE TABLE change (
	id VARCHAR(40) NOT NULL, 
	suggestion VARCHAR(40) NOT NULL, 
	at FLOAT NOT NULL, 
	body JSON NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(suggestion) REFERENCES suggestion (id)
);
INSERT INTO "change" VALUES('change_8d47e94a8e7c','suggestion_390844a44f32',10005.0,'{"id": "change_8d47e94a8e7c", "suggestion": "suggestion_390844a44f32", "before": 2.0, "after": 60.0, "forward": {"service": "shop", "tunable": "answers.ttl_seconds", "value": 60.0}, "inverse": {"service": "shop", "tunable": "answers.ttl_seconds", "value": null}, "asked_by": "local"}');
CREATE TABLE delivery (
	event INTEGER NOT NULL, 
	endpoint VARCHAR(40) NOT NULL, 
	attempts INTEGER NOT NULL, 
	due FLOAT, 
	why TEXT NOT NULL, 
	PRIMARY KEY (event, endpoint), 
	FOREIGN KEY(event) REFERENCES audit (id)
);
CREATE TABLE diagnosis (
	id INTEGER NOT NULL, 
	at FLOAT NOT NULL, 
	body JSON NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "diagnosis" VALUES(1,10015.0,'{"diagnosis": {"findings": [{"id": "finding_3864386d2574", "subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "name": "cold_cache", "score": 0.6, "confidence": 1.0, "summary": "60% of requests found their entry too old: the cache forgets sooner than it is asked", "signals": [{"subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "measure": "cache_expired_ratio", "unit": "1", "state": "measured", "value": 0.6, "n": 500, "window": {"start": 9955.0, "end": 10015.0}, "query": "sum by (service, primitive, kind) (rate(airuntime_cache_evictions_total{service=~\".*\",primitive=~\".*\",reason=\"expired\"}[60s])) / sum by (service, primitive, kind) (rate(airuntime_cache_requests_total{service=~\".*\",primitive=~\".*\",result!=\"bypass\"}[60s]))"}, {"subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "measure": "cache_hit_ratio", "unit": "1", "state": "measured", "value": 0.2, "n": 500, "window": {"start": 9955.0, "end": 10015.0}, "query": "sum by (service, primitive, kind) (rate(airuntime_cache_requests_total{service=~\".*\",primitive=~\".*\",result=~\"hit|stale|coalesced\"}[60s])) / sum by (service, primitive, kind) (rate(airuntime_cache_requests_total{service=~\".*\",primitive=~\".*\",result!=\"bypass\"}[60s]))"}, {"subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "measure": "cache_reuse_seconds_p90", "unit": "s", "state": "measured", "value": 12.0, "n": 500, "window": {"start": 9955.0, "end": 10015.0}, "query": "histogram_quantile(0.9, sum by (service, primitive, kind, le) (rate(airuntime_cache_reuse_seconds_bucket{service=~\".*\",primitive=~\".*\"}[60s])))"}], "causes": [], "remedy": "Let entries live longer than the 12 s within which 90 % of them are asked for again, or renew them in the background before they expire."}], "clear": [{"subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "name": "thrashing_cache", "reason": "0.00 entries thrown out for a request (limit 0.25)", "measured": true}, {"subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "name": "useless_cache", "reason": "20% of requests are answered by it", "measured": true}, {"subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "name": "duplicated_calls", "reason": "0% of requests came while the same one was under way (limit 30%)", "measured": true}, {"subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "name": "bottleneck", "reason": "self_share is not measured (no_data)", "measured": false}, {"subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "name": "error_regression", "reason": "share of calls that fail 0, as often before", "measured": true}, {"subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "name": "hit_regression", "reason": "hit ratio 0.2, as often before", "measured": true}], "forecasts": []}, "problems": []}');
CREATE TABLE evidence (
	id VARCHAR(40) NOT NULL, 
	finding VARCHAR(40) NOT NULL, 
	body JSON NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(finding) REFERENCES finding (id)
);
INSERT INTO "evidence" VALUES('evidence_f80ec2fbf0bf','finding_775f47989551','{"id": "evidence_f80ec2fbf0bf", "finding": {"id": "finding_775f47989551", "subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "name": "cold_cache", "score": 0.6, "confidence": 1.0, "summary": "60% of requests found their entry too old: the cache forgets sooner than it is asked", "signals": [{"subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "measure": "cache_expired_ratio", "unit": "1", "state": "measured", "value": 0.6, "n": 500, "window": {"start": 9945.0, "end": 10005.0}, "query": "sum by (service, primitive, kind) (rate(airuntime_cache_evictions_total{service=~\".*\",primitive=~\".*\",reason=\"expired\"}[60s])) / sum by (service, primitive, kind) (rate(airuntime_cache_requests_total{service=~\".*\",primitive=~\".*\",result!=\"bypass\"}[60s]))"}, {"subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "measure": "cache_hit_ratio", "unit": "1", "state": "measured", "value": 0.2, "n": 500, "window": {"start": 9945.0, "end": 10005.0}, "query": "sum by (service, primitive, kind) (rate(airuntime_cache_requests_total{service=~\".*\",primitive=~\".*\",result=~\"hit|stale|coalesced\"}[60s])) / sum by (service, primitive, kind) (rate(airuntime_cache_requests_total{service=~\".*\",primitive=~\".*\",result!=\"bypass\"}[60s]))"}, {"subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "measure": "cache_reuse_seconds_p90", "unit": "s", "state": "measured", "value": 12.0, "n": 500, "window": {"start": 9945.0, "end": 10005.0}, "query": "histogram_quantile(0.9, sum by (service, primitive, kind, le) (rate(airuntime_cache_reuse_seconds_bucket{service=~\".*\",primitive=~\".*\"}[60s])))"}], "causes": [], "remedy": "Let entries live longer than the 12 s within which 90 % of them are asked for again, or renew them in the background before they expire."}, "signals": [{"subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "measure": "cache_expired_ratio", "unit": "1", "state": "measured", "value": 0.6, "n": 500, "window": {"start": 9945.0, "end": 10005.0}, "query": "sum by (service, primitive, kind) (rate(airuntime_cache_evictions_total{service=~\".*\",primitive=~\".*\",reason=\"expired\"}[60s])) / sum by (service, primitive, kind) (rate(airuntime_cache_requests_total{service=~\".*\",primitive=~\".*\",result!=\"bypass\"}[60s]))"}, {"subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "measure": "cache_hit_ratio", "unit": "1", "state": "measured", "value": 0.2, "n": 500, "window": {"start": 9945.0, "end": 10005.0}, "query": "sum by (service, primitive, kind) (rate(airuntime_cache_requests_total{service=~\".*\",primitive=~\".*\",result=~\"hit|stale|coalesced\"}[60s])) / sum by (service, primitive, kind) (rate(airuntime_cache_requests_total{service=~\".*\",primitive=~\".*\",result!=\"bypass\"}[60s]))"}, {"subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "measure": "cache_reuse_seconds_p90", "unit": "s", "state": "measured", "value": 12.0, "n": 500, "window": {"start": 9945.0, "end": 10005.0}, "query": "histogram_quantile(0.9, sum by (service, primitive, kind, le) (rate(airuntime_cache_reuse_seconds_bucket{service=~\".*\",primitive=~\".*\"}[60s])))"}], "code": [{"file": "shop.py", "line": 2, "end_line": 3, "text": "def build():\n    return CachePrimitive()"}], "docs": [{"source": "installed:cachetools", "id": "cachetools==8.0.1 cachetools.TTLCache.expire", "version": "8.0.1", "title": "cachetools.TTLCache.expire", "text": "def expire(time=None)\n\nRemove expired items from the cache and return an iterable of the\nexpired `(key, value)` pairs.", "url": "https://cachetools.readthedocs.io/en/stable/"}, {"source": "installed:cachetools", "id": "cachetools==8.0.1 cachetools.TTLCache", "version": "8.0.1", "title": "cachetools.TTLCache", "text": "class TTLCache(_TimedCache): __init__(maxsize, ttl, timer=time.monotonic, getsizeof=None)\n\nLRU Cache implementation with per-item time-to-live (TTL) value.", "url": "https://cachetools.readthedocs.io/en/stable/"}]}');
CREATE TABLE experiment (
	service VARCHAR(200) NOT NULL, 
	tunable VARCHAR(200) NOT NULL, 
	rollout VARCHAR(40) NOT NULL, 
	body JSON NOT NULL, 
	PRIMARY KEY (service, tunable)
);
INSERT INTO "experiment" VALUES('shop','answers.ttl_seconds','rollout_777362847f74','{"tunable": "answers.ttl_seconds", "rollout": "rollout_777362847f74", "control": null, "candidate": 60.0, "share": 0.1, "dealing": {"scope": "key", "block_seconds": 20.0, "settle_seconds": 5.0, "slow_p95": 2.0, "slow_p99": 4.0}, "holdout": false}');
CREATE TABLE finding (
	id VARCHAR(40) NOT NULL, 
	service VARCHAR(200) NOT NULL, 
	primitive VARCHAR(200) NOT NULL, 
	name VARCHAR(100) NOT NULL, 
	at FLOAT NOT NULL, 
	body JSON NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "finding" VALUES('finding_775f47989551','shop','answers','cold_cache',10005.0,'{"id": "finding_775f47989551", "subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "name": "cold_cache", "score": 0.6, "confidence": 1.0, "summary": "60% of requests found their entry too old: the cache forgets sooner than it is asked", "signals": [{"subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "measure": "cache_expired_ratio", "unit": "1", "state": "measured", "value": 0.6, "n": 500, "window": {"start": 9945.0, "end": 10005.0}, "query": "sum by (service, primitive, kind) (rate(airuntime_cache_evictions_total{service=~\".*\",primitive=~\".*\",reason=\"expired\"}[60s])) / sum by (service, primitive, kind) (rate(airuntime_cache_requests_total{service=~\".*\",primitive=~\".*\",result!=\"bypass\"}[60s]))"}, {"subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "measure": "cache_hit_ratio", "unit": "1", "state": "measured", "value": 0.2, "n": 500, "window": {"start": 9945.0, "end": 10005.0}, "query": "sum by (service, primitive, kind) (rate(airuntime_cache_requests_total{service=~\".*\",primitive=~\".*\",result=~\"hit|stale|coalesced\"}[60s])) / sum by (service, primitive, kind) (rate(airuntime_cache_requests_total{service=~\".*\",primitive=~\".*\",result!=\"bypass\"}[60s]))"}, {"subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "measure": "cache_reuse_seconds_p90", "unit": "s", "state": "measured", "value": 12.0, "n": 500, "window": {"start": 9945.0, "end": 10005.0}, "query": "histogram_quantile(0.9, sum by (service, primitive, kind, le) (rate(airuntime_cache_reuse_seconds_bucket{service=~\".*\",primitive=~\".*\"}[60s])))"}], "causes": [], "remedy": "Let entries live longer than the 12 s within which 90 % of them are asked for again, or renew them in the background before they expire."}');
CREATE TABLE gate (
	id INTEGER NOT NULL, 
	turn INTEGER NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "gate" VALUES(1,1);
CREATE TABLE model_call (
	id INTEGER NOT NULL, 
	"key" VARCHAR(64) NOT NULL, 
	model VARCHAR(200) NOT NULL, 
	at FLOAT NOT NULL, 
	usd FLOAT NOT NULL, 
	answer TEXT NOT NULL, 
	refusal TEXT NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE outbox (
	event INTEGER NOT NULL, 
	PRIMARY KEY (event), 
	FOREIGN KEY(event) REFERENCES audit (id)
);
CREATE TABLE patch (
	id VARCHAR(40) NOT NULL, 
	suggestion VARCHAR(40) NOT NULL, 
	service VARCHAR(200) NOT NULL, 
	phase VARCHAR(20) NOT NULL, 
	revision INTEGER NOT NULL, 
	holds VARCHAR(40), 
	created_at FLOAT NOT NULL, 
	body JSON NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(suggestion) REFERENCES suggestion (id), 
	UNIQUE (holds)
);
CREATE TABLE progress (
	rollout VARCHAR(40) NOT NULL, 
	at FLOAT NOT NULL, 
	body JSON NOT NULL, 
	PRIMARY KEY (rollout), 
	FOREIGN KEY(rollout) REFERENCES rollout (id)
);
INSERT INTO "progress" VALUES('rollout_777362847f74',10015.0,'{"rollout": "rollout_777362847f74", "at": 10015.0, "replicas": {"obeying": ["shop/shop-0", "shop/shop-1"], "lagging": [], "behind": [], "gone": [], "joined": [], "restarted": [], "outdated": []}, "control": {"calls": 171, "errors": 0, "slow_p95": 8, "slow_p99": 0, "seconds": 172.01237151420287, "squared_seconds": 188.52720008333654, "cubed_seconds": 220.74204216070171, "cost_usd": 0.14800000000000002, "squared_cost_usd": 0.000148, "cubed_cost_usd": 1.48e-07, "rated": 0, "quality": 0.0, "squared_quality": 0.0, "cubed_quality": 0.0, "asked": 171, "hits": 23, "tried": 0, "attempts": 0.0, "squared_attempts": 0.0, "cubed_attempts": 0.0, "weighed": 0, "touched": 0, "expected_usd": 0.0, "touched_cost_usd": 0.0, "squared_touched_cost_usd": 0.0, "cubed_touched_cost_usd": 0.0}, "candidate": {"calls": 29, "errors": 0, "slow_p95": 1, "slow_p99": 0, "seconds": 10.8525198609477, "squared_seconds": 4.524945428675311, "cubed_seconds": 2.0543939096185406, "cost_usd": 0.01, "squared_cost_usd": 9.999999999999999e-06, "cubed_cost_usd": 1e-08, "rated": 0, "quality": 0.0, "squared_quality": 0.0, "cubed_quality": 0.0, "asked": 29, "hits": 19, "tried": 0, "attempts": 0.0, "squared_attempts": 0.0, "cubed_attempts": 0.0, "weighed": 0, "touched": 0, "expected_usd": 0.0, "touched_cost_usd": 0.0, "squared_touched_cost_usd": 0.0, "cubed_touched_cost_usd": 0.0}, "grew": 10015.0, "verdict": {"id": "verdict_347a20159b99", "outcome": "error", "reason": "cache_hit_ratio could not be measured on both sides", "effects": [], "queries": ["{__name__=~\"airuntime_arm_calls_total|airuntime_arm_errors_total|airuntime_arm_slow_p95_total|airuntime_arm_slow_p99_total|airuntime_arm_seconds_total|airuntime_arm_squared_seconds_total|airuntime_arm_cubed_seconds_total|airuntime_arm_cost_usd_total|airuntime_arm_squared_cost_usd_total|airuntime_arm_cubed_cost_usd_total|airuntime_arm_rated_total|airuntime_arm_quality_total|airuntime_arm_squared_quality_total|airuntime_arm_cubed_quality_total|airuntime_arm_asked_total|airuntime_arm_hits_total|airuntime_arm_tried_total|airuntime_arm_attempts_total|airuntime_arm_squared_attempts_total|airuntime_arm_cubed_attempts_total|airuntime_arm_weighed_total|airuntime_arm_touched_total|airuntime_arm_expected_usd_total|airuntime_arm_touched_cost_usd_total|airuntime_arm_squared_touched_cost_usd_total|airuntime_arm_cubed_touched_cost_usd_total\",rollout=\"rollout_777362847f74\"}"], "safe_share": 0.0}, "note": "cache_hit_ratio could not be measured on both sides"}');
CREATE TABLE rollout (
	id VARCHAR(40) NOT NULL, 
	change VARCHAR(40) NOT NULL, 
	phase VARCHAR(20) NOT NULL, 
	holds VARCHAR(401), 
	started_at FLOAT NOT NULL, 
	body JSON NOT NULL, revision INTEGER DEFAULT '0' NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(change) REFERENCES change (id), 
	UNIQUE (holds)
);
INSERT INTO "rollout" VALUES('rollout_777362847f74','change_8d47e94a8e7c','watching','shop/answers.ttl_seconds',10005.0,'{"id": "rollout_777362847f74", "change": {"id": "change_8d47e94a8e7c", "suggestion": "suggestion_390844a44f32", "before": 2.0, "after": 60.0, "forward": {"service": "shop", "tunable": "answers.ttl_seconds", "value": 60.0}, "inverse": {"service": "shop", "tunable": "answers.ttl_seconds", "value": null}, "asked_by": "local"}, "phase": "watching", "baseline": {"start": 9945.0, "end": 10005.0}, "since": 10010.0, "why": "2 of 2 replicas obey", "share": 0.1, "dealing": {"scope": "key", "block_seconds": 20.0, "settle_seconds": 5.0, "slow_p95": 2.0, "slow_p99": 4.0}, "revision": 2, "stepped": 10010.0, "held": null}',2);
CREATE TABLE saving (
	id VARCHAR(40) NOT NULL, 
	rollout VARCHAR(40) NOT NULL, 
	body JSON NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(rollout) REFERENCES rollout (id)
);
CREATE TABLE service (
	name VARCHAR(200) NOT NULL, 
	manifest JSON, 
	seen_at FLOAT NOT NULL, 
	generation INTEGER NOT NULL, 
	PRIMARY KEY (name)
);
INSERT INTO "service" VALUES('shop','{"service": "shop", "version": "1", "instance": "", "language": "python", "primitives": [{"name": "answers", "kind": "cache", "file": "/srv/shop/shop.py", "line": 2, "end_line": 3, "function": "build", "doc": "Answers.", "libraries": [{"name": "cachetools", "version": "7.1.0"}], "callees": [], "details": {}}], "tunables": [{"name": "answers.ttl_seconds", "primitive": "answers", "type": "float", "value": 2.0, "default": 2.0, "minimum": 1.0, "maximum": 86400.0, "unit": "s", "description": "How long answers live.", "scope": "key"}], "refused": "", "revision": ""}',10000.0,1);
CREATE TABLE setting (
	service VARCHAR(200) NOT NULL, 
	tunable VARCHAR(200) NOT NULL, 
	value FLOAT NOT NULL, 
	rollout VARCHAR(40) NOT NULL, 
	PRIMARY KEY (service, tunable)
);
CREATE TABLE signal (
	id VARCHAR(40) NOT NULL, 
	service VARCHAR(200) NOT NULL, 
	primitive VARCHAR(200) NOT NULL, 
	measure VARCHAR(100) NOT NULL, 
	body JSON NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "signal" VALUES('signal_3a8046ca6d6b','shop','answers','cache_expired_ratio','{"subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "measure": "cache_expired_ratio", "unit": "1", "state": "measured", "value": 0.6, "n": 500, "window": {"start": 9945.0, "end": 10005.0}, "query": "sum by (service, primitive, kind) (rate(airuntime_cache_evictions_total{service=~\".*\",primitive=~\".*\",reason=\"expired\"}[60s])) / sum by (service, primitive, kind) (rate(airuntime_cache_requests_total{service=~\".*\",primitive=~\".*\",result!=\"bypass\"}[60s]))"}');
INSERT INTO "signal" VALUES('signal_2ea8e179e3f1','shop','answers','cache_hit_ratio','{"subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "measure": "cache_hit_ratio", "unit": "1", "state": "measured", "value": 0.2, "n": 500, "window": {"start": 9945.0, "end": 10005.0}, "query": "sum by (service, primitive, kind) (rate(airuntime_cache_requests_total{service=~\".*\",primitive=~\".*\",result=~\"hit|stale|coalesced\"}[60s])) / sum by (service, primitive, kind) (rate(airuntime_cache_requests_total{service=~\".*\",primitive=~\".*\",result!=\"bypass\"}[60s]))"}');
INSERT INTO "signal" VALUES('signal_313108268f8a','shop','answers','cache_reuse_seconds_p90','{"subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "measure": "cache_reuse_seconds_p90", "unit": "s", "state": "measured", "value": 12.0, "n": 500, "window": {"start": 9945.0, "end": 10005.0}, "query": "histogram_quantile(0.9, sum by (service, primitive, kind, le) (rate(airuntime_cache_reuse_seconds_bucket{service=~\".*\",primitive=~\".*\"}[60s])))"}');
CREATE TABLE suggestion (
	id VARCHAR(40) NOT NULL, 
	evidence VARCHAR(40) NOT NULL, 
	service VARCHAR(200) NOT NULL, 
	tunable VARCHAR(200) NOT NULL, 
	status VARCHAR(20) NOT NULL, 
	revision INTEGER NOT NULL, 
	created_at FLOAT NOT NULL, 
	updated_at FLOAT NOT NULL, 
	body JSON NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(evidence) REFERENCES evidence (id)
);
INSERT INTO "suggestion" VALUES('suggestion_390844a44f32','evidence_f80ec2fbf0bf','shop','answers.ttl_seconds','applied',2,10005.0,10005.0,'{"id": "suggestion_390844a44f32", "subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "rule": "cold_cache", "tunable": {"name": "answers.ttl_seconds", "primitive": "answers", "type": "float", "value": 2.0, "default": 2.0, "minimum": 1.0, "maximum": 86400.0, "unit": "s", "description": "How long answers live."}, "from_value": 2.0, "to_value": 60.0, "title": "Keep entries of answers for 60 s instead of 2 s", "claim": "60% of requests found an answer older than 2 s and paid for it again. 90 % of entries are asked for again within 12 s; kept for 60 s they answer. Answers may then be up to 60 s old.", "expected": {"measure": "cache_hit_ratio", "unit": "1", "direction": "higher", "now": 0.2, "low": 0.44, "high": 0.8}, "guardrails": [{"measure": "error_ratio", "max_increase": 0.02, "relative": false, "worse": "higher", "shown": "grown"}], "risk": "low", "evidence": {"id": "evidence_f80ec2fbf0bf", "finding": {"id": "finding_775f47989551", "subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "name": "cold_cache", "score": 0.6, "confidence": 1.0, "summary": "60% of requests found their entry too old: the cache forgets sooner than it is asked", "signals": [{"subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "measure": "cache_expired_ratio", "unit": "1", "state": "measured", "value": 0.6, "n": 500, "window": {"start": 9945.0, "end": 10005.0}, "query": "sum by (service, primitive, kind) (rate(airuntime_cache_evictions_total{service=~\".*\",primitive=~\".*\",reason=\"expired\"}[60s])) / sum by (service, primitive, kind) (rate(airuntime_cache_requests_total{service=~\".*\",primitive=~\".*\",result!=\"bypass\"}[60s]))"}, {"subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "measure": "cache_hit_ratio", "unit": "1", "state": "measured", "value": 0.2, "n": 500, "window": {"start": 9945.0, "end": 10005.0}, "query": "sum by (service, primitive, kind) (rate(airuntime_cache_requests_total{service=~\".*\",primitive=~\".*\",result=~\"hit|stale|coalesced\"}[60s])) / sum by (service, primitive, kind) (rate(airuntime_cache_requests_total{service=~\".*\",primitive=~\".*\",result!=\"bypass\"}[60s]))"}, {"subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "measure": "cache_reuse_seconds_p90", "unit": "s", "state": "measured", "value": 12.0, "n": 500, "window": {"start": 9945.0, "end": 10005.0}, "query": "histogram_quantile(0.9, sum by (service, primitive, kind, le) (rate(airuntime_cache_reuse_seconds_bucket{service=~\".*\",primitive=~\".*\"}[60s])))"}], "causes": [], "remedy": "Let entries live longer than the 12 s within which 90 % of them are asked for again, or renew them in the background before they expire."}, "signals": [{"subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "measure": "cache_expired_ratio", "unit": "1", "state": "measured", "value": 0.6, "n": 500, "window": {"start": 9945.0, "end": 10005.0}, "query": "sum by (service, primitive, kind) (rate(airuntime_cache_evictions_total{service=~\".*\",primitive=~\".*\",reason=\"expired\"}[60s])) / sum by (service, primitive, kind) (rate(airuntime_cache_requests_total{service=~\".*\",primitive=~\".*\",result!=\"bypass\"}[60s]))"}, {"subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "measure": "cache_hit_ratio", "unit": "1", "state": "measured", "value": 0.2, "n": 500, "window": {"start": 9945.0, "end": 10005.0}, "query": "sum by (service, primitive, kind) (rate(airuntime_cache_requests_total{service=~\".*\",primitive=~\".*\",result=~\"hit|stale|coalesced\"}[60s])) / sum by (service, primitive, kind) (rate(airuntime_cache_requests_total{service=~\".*\",primitive=~\".*\",result!=\"bypass\"}[60s]))"}, {"subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "measure": "cache_reuse_seconds_p90", "unit": "s", "state": "measured", "value": 12.0, "n": 500, "window": {"start": 9945.0, "end": 10005.0}, "query": "histogram_quantile(0.9, sum by (service, primitive, kind, le) (rate(airuntime_cache_reuse_seconds_bucket{service=~\".*\",primitive=~\".*\"}[60s])))"}], "code": [{"file": "shop.py", "line": 2, "end_line": 3, "text": "def build():\n    return CachePrimitive()"}], "docs": [{"source": "installed:cachetools", "id": "cachetools==8.0.1 cachetools.TTLCache.expire", "version": "8.0.1", "title": "cachetools.TTLCache.expire", "text": "def expire(time=None)\n\nRemove expired items from the cache and return an iterable of the\nexpired `(key, value)` pairs.", "url": "https://cachetools.readthedocs.io/en/stable/"}, {"source": "installed:cachetools", "id": "cachetools==8.0.1 cachetools.TTLCache", "version": "8.0.1", "title": "cachetools.TTLCache", "text": "class TTLCache(_TimedCache): __init__(maxsize, ttl, timer=time.monotonic, getsizeof=None)\n\nLRU Cache implementation with per-item time-to-live (TTL) value.", "url": "https://cachetools.readthedocs.io/en/stable/"}]}, "wording": null, "patch": null}');
CREATE TABLE ticket (
	suggestion VARCHAR(40) NOT NULL, 
	at FLOAT NOT NULL, 
	who VARCHAR(200) NOT NULL, 
	via VARCHAR(40) NOT NULL, 
	waits_for VARCHAR(20) NOT NULL, 
	why TEXT NOT NULL, 
	PRIMARY KEY (suggestion), 
	FOREIGN KEY(suggestion) REFERENCES suggestion (id)
);
CREATE TABLE verdict (
	id INTEGER NOT NULL, 
	rollout VARCHAR(40) NOT NULL, 
	outcome VARCHAR(20) NOT NULL, 
	at FLOAT NOT NULL, 
	body JSON NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(rollout) REFERENCES rollout (id)
);
CREATE INDEX ix_audit_subject ON audit (subject);
CREATE INDEX ix_model_call_key ON model_call ("key", model);
CREATE INDEX ix_model_call_at ON model_call (at);
CREATE INDEX ix_booking_window ON booking (service, start);
CREATE INDEX ix_patch_suggestion ON patch (suggestion);
CREATE INDEX ix_delivery_due ON delivery (due);
COMMIT;
