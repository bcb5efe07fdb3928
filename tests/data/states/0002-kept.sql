BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0002');
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
INSERT INTO "audit" VALUES(1,10000.0,'local','loopback','begin','suggestion_6943f34e5003','planned','applying','apply: Keep entries of answers for 60 s instead of 2 s');
INSERT INTO "audit" VALUES(2,10010.0,'airuntime','worker','observed','suggestion_6943f34e5003','applying','watching','the service obeys 60');
INSERT INTO "audit" VALUES(3,10080.0,'airuntime','worker','confirmed','suggestion_6943f34e5003','watching','kept','cache_hit_ratio went from 0.2018 to 0.7575 (+0.539 to +0.572)');
CREATE TABLE change (
	id VARCHAR(40) NOT NULL, 
	suggestion VARCHAR(40) NOT NULL, 
	at FLOAT NOT NULL, 
	body JSON NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(suggestion) REFERENCES suggestion (id)
);
INSERT INTO "change" VALUES('change_94f191b72edf','suggestion_6943f34e5003',10000.0,'{"id": "change_94f191b72edf", "suggestion": "suggestion_6943f34e5003", "before": 2.0, "after": 60.0, "forward": {"service": "shop", "tunable": "answers.ttl_seconds", "value": 60.0}, "inverse": {"service": "shop", "tunable": "answers.ttl_seconds", "value": null}, "asked_by": "local"}');
CREATE TABLE diagnosis (
	id INTEGER NOT NULL, 
	at FLOAT NOT NULL, 
	body JSON NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "diagnosis" VALUES(1,10080.0,'{"diagnosis": {"findings": [], "clear": [{"subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "name": "cold_cache", "reason": "hit ratio 75%, 2% of requests found their entry too old (limit 25%)", "measured": true}, {"subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "name": "thrashing_cache", "reason": "0.00 entries thrown out for a request (limit 0.25)", "measured": true}, {"subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "name": "useless_cache", "reason": "75% of requests are answered by it", "measured": true}, {"subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "name": "duplicated_calls", "reason": "0% of requests came while the same one was under way (limit 30%)", "measured": true}, {"subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "name": "bottleneck", "reason": "self_share is not measured (no_data)", "measured": false}, {"subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "name": "error_regression", "reason": "share of calls that fail 0, as often before", "measured": true}, {"subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "name": "hit_regression", "reason": "hit ratio 0.75, as often before", "measured": true}], "forecasts": [{"subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "measure": "cache_hit_ratio", "unit": "1", "now": 0.75, "since": 10020.0, "at": 10740.0, "low": 0.0, "middle": 0.2, "high": 0.75, "error": 0.0, "trials": 7, "limit": 0.2, "breach_seconds": null, "query": "sum by (service, primitive, kind) (rate(airuntime_cache_requests_total{service=~\".*\",primitive=~\".*\",result=~\"hit|stale|coalesced\"}[60s])) / sum by (service, primitive, kind) (rate(airuntime_cache_requests_total{service=~\".*\",primitive=~\".*\",result!=\"bypass\"}[60s]))"}]}, "problems": []}');
CREATE TABLE evidence (
	id VARCHAR(40) NOT NULL, 
	finding VARCHAR(40) NOT NULL, 
	body JSON NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(finding) REFERENCES finding (id)
);
INSERT INTO "evidence" VALUES('evidence_b8253c298282','finding_18a07d980651','{"id": "evidence_b8253c298282", "finding": {"id": "finding_18a07d980651", "subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "name": "cold_cache", "score": 0.6, "confidence": 1.0, "summary": "60% of requests found their entry too old: the cache forgets sooner than it is asked", "signals": [{"subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "measure": "cache_expired_ratio", "unit": "1", "state": "measured", "value": 0.6, "n": 500, "window": {"start": 9940.0, "end": 10000.0}, "query": "sum by (service, primitive, kind) (rate(airuntime_cache_evictions_total{service=~\".*\",primitive=~\".*\",reason=\"expired\"}[60s])) / sum by (service, primitive, kind) (rate(airuntime_cache_requests_total{service=~\".*\",primitive=~\".*\",result!=\"bypass\"}[60s]))"}, {"subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "measure": "cache_hit_ratio", "unit": "1", "state": "measured", "value": 0.2, "n": 500, "window": {"start": 9940.0, "end": 10000.0}, "query": "sum by (service, primitive, kind) (rate(airuntime_cache_requests_total{service=~\".*\",primitive=~\".*\",result=~\"hit|stale|coalesced\"}[60s])) / sum by (service, primitive, kind) (rate(airuntime_cache_requests_total{service=~\".*\",primitive=~\".*\",result!=\"bypass\"}[60s]))"}, {"subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "measure": "cache_reuse_seconds_p90", "unit": "s", "state": "measured", "value": 12.0, "n": 500, "window": {"start": 9940.0, "end": 10000.0}, "query": "histogram_quantile(0.9, sum by (service, primitive, kind, le) (rate(airuntime_cache_reuse_seconds_bucket{service=~\".*\",primitive=~\".*\"}[60s])))"}], "causes": [], "remedy": "Let entries live longer than the 12 s within which 90 % of them are asked for again, or renew them in the background before they expire."}, "signals": [{"subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "measure": "cache_expired_ratio", "unit": "1", "state": "measured", "value": 0.6, "n": 500, "window": {"start": 9940.0, "end": 10000.0}, "query": "sum by (service, primitive, kind) (rate(airuntime_cache_evictions_total{service=~\".*\",primitive=~\".*\",reason=\"expired\"}[60s])) / sum by (service, primitive, kind) (rate(airuntime_cache_requests_total{service=~\".*\",primitive=~\".*\",result!=\"bypass\"}[60s]))"}, {"subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "measure": "cache_hit_ratio", "unit": "1", "state": "measured", "value": 0.2, "n": 500, "window": {"start": 9940.0, "end": 10000.0}, "query": "sum by (service, primitive, kind) (rate(airuntime_cache_requests_total{service=~\".*\",primitive=~\".*\",result=~\"hit|stale|coalesced\"}[60s])) / sum by (service, primitive, kind) (rate(airuntime_cache_requests_total{service=~\".*\",primitive=~\".*\",result!=\"bypass\"}[60s]))"}, {"subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "measure": "cache_reuse_seconds_p90", "unit": "s", "state": "measured", "value": 12.0, "n": 500, "window": {"start": 9940.0, "end": 10000.0}, "query": "histogram_quantile(0.9, sum by (service, primitive, kind, le) (rate(airuntime_cache_reuse_seconds_bucket{service=~\".*\",primitive=~\".*\"}[60s])))"}], "code": [{"file": "shop.py", "line": 2, "end_line": 3, "text": "def build():\n    return CachePrimitive()"}], "docs": [{"source": "installed:cachetools", "id": "cachetools==8.0.1 cachetools.TTLCache.expire", "version": "8.0.1", "title": "cachetools.TTLCache.expire", "text": "def expire(time=None)\n\nRemove expired items from the cache and return an iterable of the\nexpired `(key, value)` pairs.", "url": "https://cachetools.readthedocs.io/en/stable/"}, {"source": "installed:cachetools", "id": "cachetools==8.0.1 cachetools.TTLCache", "version": "8.0.1", "title": "cachetools.TTLCache", "text": "class TTLCache(_TimedCache): __init__(maxsize, ttl, timer=time.monotonic, getsizeof=None)\n\nLRU Cache implementation with per-item time-to-live (TTL) value.", "url": "https://cachetools.readthedocs.io/en/stable/"}]}');
CREATE TABLE finding (
	id VARCHAR(40) NOT NULL, 
	service VARCHAR(200) NOT NULL, 
	primitive VARCHAR(200) NOT NULL, 
	name VARCHAR(100) NOT NULL, 
	at FLOAT NOT NULL, 
	body JSON NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "finding" VALUES('finding_18a07d980651','shop','answers','cold_cache',10000.0,'{"id": "finding_18a07d980651", "subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "name": "cold_cache", "score": 0.6, "confidence": 1.0, "summary": "60% of requests found their entry too old: the cache forgets sooner than it is asked", "signals": [{"subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "measure": "cache_expired_ratio", "unit": "1", "state": "measured", "value": 0.6, "n": 500, "window": {"start": 9940.0, "end": 10000.0}, "query": "sum by (service, primitive, kind) (rate(airuntime_cache_evictions_total{service=~\".*\",primitive=~\".*\",reason=\"expired\"}[60s])) / sum by (service, primitive, kind) (rate(airuntime_cache_requests_total{service=~\".*\",primitive=~\".*\",result!=\"bypass\"}[60s]))"}, {"subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "measure": "cache_hit_ratio", "unit": "1", "state": "measured", "value": 0.2, "n": 500, "window": {"start": 9940.0, "end": 10000.0}, "query": "sum by (service, primitive, kind) (rate(airuntime_cache_requests_total{service=~\".*\",primitive=~\".*\",result=~\"hit|stale|coalesced\"}[60s])) / sum by (service, primitive, kind) (rate(airuntime_cache_requests_total{service=~\".*\",primitive=~\".*\",result!=\"bypass\"}[60s]))"}, {"subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "measure": "cache_reuse_seconds_p90", "unit": "s", "state": "measured", "value": 12.0, "n": 500, "window": {"start": 9940.0, "end": 10000.0}, "query": "histogram_quantile(0.9, sum by (service, primitive, kind, le) (rate(airuntime_cache_reuse_seconds_bucket{service=~\".*\",primitive=~\".*\"}[60s])))"}], "causes": [], "remedy": "Let entries live longer than the 12 s within which 90 % of them are asked for again, or renew them in the background before they expire."}');
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
CREATE TABLE rollout (
	id VARCHAR(40) NOT NULL, 
	change VARCHAR(40) NOT NULL, 
	phase VARCHAR(20) NOT NULL, 
	holds VARCHAR(401), 
	started_at FLOAT NOT NULL, 
	body JSON NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(change) REFERENCES change (id), 
	UNIQUE (holds)
);
INSERT INTO "rollout" VALUES('rollout_924f1947a5d5','change_94f191b72edf','kept',NULL,10000.0,'{"id": "rollout_924f1947a5d5", "change": {"id": "change_94f191b72edf", "suggestion": "suggestion_6943f34e5003", "before": 2.0, "after": 60.0, "forward": {"service": "shop", "tunable": "answers.ttl_seconds", "value": 60.0}, "inverse": {"service": "shop", "tunable": "answers.ttl_seconds", "value": null}, "asked_by": "local"}, "phase": "kept", "baseline": {"start": 9920.0, "end": 10000.0}, "since": 10080.0, "why": "cache_hit_ratio went from 0.2018 to 0.7575 (+0.539 to +0.572)", "share": 1.0}');
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
INSERT INTO "service" VALUES('shop','{"service": "shop", "version": "1", "instance": "", "language": "python", "primitives": [{"name": "answers", "kind": "cache", "file": "/srv/shop/shop.py", "line": 2, "end_line": 3, "function": "build", "doc": "Answers.", "libraries": [{"name": "cachetools", "version": "7.1.0"}], "callees": [], "details": {}}], "tunables": [{"name": "answers.ttl_seconds", "primitive": "answers", "type": "float", "value": 2.0, "default": 2.0, "minimum": 1.0, "maximum": 86400.0, "unit": "s", "description": "How long answers live.", "scope": "call"}], "refused": ""}',10000.0,1);
CREATE TABLE setting (
	service VARCHAR(200) NOT NULL, 
	tunable VARCHAR(200) NOT NULL, 
	value FLOAT NOT NULL, 
	rollout VARCHAR(40) NOT NULL, 
	PRIMARY KEY (service, tunable)
);
INSERT INTO "setting" VALUES('shop','answers.ttl_seconds',60.0,'rollout_924f1947a5d5');
CREATE TABLE signal (
	id VARCHAR(40) NOT NULL, 
	service VARCHAR(200) NOT NULL, 
	primitive VARCHAR(200) NOT NULL, 
	measure VARCHAR(100) NOT NULL, 
	body JSON NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "signal" VALUES('signal_cefae99ce53c','shop','answers','cache_expired_ratio','{"subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "measure": "cache_expired_ratio", "unit": "1", "state": "measured", "value": 0.6, "n": 500, "window": {"start": 9940.0, "end": 10000.0}, "query": "sum by (service, primitive, kind) (rate(airuntime_cache_evictions_total{service=~\".*\",primitive=~\".*\",reason=\"expired\"}[60s])) / sum by (service, primitive, kind) (rate(airuntime_cache_requests_total{service=~\".*\",primitive=~\".*\",result!=\"bypass\"}[60s]))"}');
INSERT INTO "signal" VALUES('signal_d2d73934f29a','shop','answers','cache_hit_ratio','{"subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "measure": "cache_hit_ratio", "unit": "1", "state": "measured", "value": 0.2, "n": 500, "window": {"start": 9940.0, "end": 10000.0}, "query": "sum by (service, primitive, kind) (rate(airuntime_cache_requests_total{service=~\".*\",primitive=~\".*\",result=~\"hit|stale|coalesced\"}[60s])) / sum by (service, primitive, kind) (rate(airuntime_cache_requests_total{service=~\".*\",primitive=~\".*\",result!=\"bypass\"}[60s]))"}');
INSERT INTO "signal" VALUES('signal_ebed9dbf4ba2','shop','answers','cache_reuse_seconds_p90','{"subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "measure": "cache_reuse_seconds_p90", "unit": "s", "state": "measured", "value": 12.0, "n": 500, "window": {"start": 9940.0, "end": 10000.0}, "query": "histogram_quantile(0.9, sum by (service, primitive, kind, le) (rate(airuntime_cache_reuse_seconds_bucket{service=~\".*\",primitive=~\".*\"}[60s])))"}');
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
INSERT INTO "suggestion" VALUES('suggestion_6943f34e5003','evidence_b8253c298282','shop','answers.ttl_seconds','kept',3,10000.0,10080.0,'{"id": "suggestion_6943f34e5003", "subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "rule": "cold_cache", "tunable": {"name": "answers.ttl_seconds", "primitive": "answers", "type": "float", "value": 2.0, "default": 2.0, "minimum": 1.0, "maximum": 86400.0, "unit": "s", "description": "How long answers live."}, "from_value": 2.0, "to_value": 60.0, "title": "Keep entries of answers for 60 s instead of 2 s", "claim": "60% of requests found an answer older than 2 s and paid for it again. 90 % of entries are asked for again within 12 s; kept for 60 s they answer. Answers may then be up to 60 s old.", "expected": {"measure": "cache_hit_ratio", "unit": "1", "direction": "higher", "now": 0.2, "low": 0.44, "high": 0.8}, "guardrails": [{"measure": "error_ratio", "max_increase": 0.02, "relative": false, "worse": "higher"}], "risk": "low", "evidence": {"id": "evidence_b8253c298282", "finding": {"id": "finding_18a07d980651", "subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "name": "cold_cache", "score": 0.6, "confidence": 1.0, "summary": "60% of requests found their entry too old: the cache forgets sooner than it is asked", "signals": [{"subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "measure": "cache_expired_ratio", "unit": "1", "state": "measured", "value": 0.6, "n": 500, "window": {"start": 9940.0, "end": 10000.0}, "query": "sum by (service, primitive, kind) (rate(airuntime_cache_evictions_total{service=~\".*\",primitive=~\".*\",reason=\"expired\"}[60s])) / sum by (service, primitive, kind) (rate(airuntime_cache_requests_total{service=~\".*\",primitive=~\".*\",result!=\"bypass\"}[60s]))"}, {"subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "measure": "cache_hit_ratio", "unit": "1", "state": "measured", "value": 0.2, "n": 500, "window": {"start": 9940.0, "end": 10000.0}, "query": "sum by (service, primitive, kind) (rate(airuntime_cache_requests_total{service=~\".*\",primitive=~\".*\",result=~\"hit|stale|coalesced\"}[60s])) / sum by (service, primitive, kind) (rate(airuntime_cache_requests_total{service=~\".*\",primitive=~\".*\",result!=\"bypass\"}[60s]))"}, {"subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "measure": "cache_reuse_seconds_p90", "unit": "s", "state": "measured", "value": 12.0, "n": 500, "window": {"start": 9940.0, "end": 10000.0}, "query": "histogram_quantile(0.9, sum by (service, primitive, kind, le) (rate(airuntime_cache_reuse_seconds_bucket{service=~\".*\",primitive=~\".*\"}[60s])))"}], "causes": [], "remedy": "Let entries live longer than the 12 s within which 90 % of them are asked for again, or renew them in the background before they expire."}, "signals": [{"subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "measure": "cache_expired_ratio", "unit": "1", "state": "measured", "value": 0.6, "n": 500, "window": {"start": 9940.0, "end": 10000.0}, "query": "sum by (service, primitive, kind) (rate(airuntime_cache_evictions_total{service=~\".*\",primitive=~\".*\",reason=\"expired\"}[60s])) / sum by (service, primitive, kind) (rate(airuntime_cache_requests_total{service=~\".*\",primitive=~\".*\",result!=\"bypass\"}[60s]))"}, {"subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "measure": "cache_hit_ratio", "unit": "1", "state": "measured", "value": 0.2, "n": 500, "window": {"start": 9940.0, "end": 10000.0}, "query": "sum by (service, primitive, kind) (rate(airuntime_cache_requests_total{service=~\".*\",primitive=~\".*\",result=~\"hit|stale|coalesced\"}[60s])) / sum by (service, primitive, kind) (rate(airuntime_cache_requests_total{service=~\".*\",primitive=~\".*\",result!=\"bypass\"}[60s]))"}, {"subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "measure": "cache_reuse_seconds_p90", "unit": "s", "state": "measured", "value": 12.0, "n": 500, "window": {"start": 9940.0, "end": 10000.0}, "query": "histogram_quantile(0.9, sum by (service, primitive, kind, le) (rate(airuntime_cache_reuse_seconds_bucket{service=~\".*\",primitive=~\".*\"}[60s])))"}], "code": [{"file": "shop.py", "line": 2, "end_line": 3, "text": "def build():\n    return CachePrimitive()"}], "docs": [{"source": "installed:cachetools", "id": "cachetools==8.0.1 cachetools.TTLCache.expire", "version": "8.0.1", "title": "cachetools.TTLCache.expire", "text": "def expire(time=None)\n\nRemove expired items from the cache and return an iterable of the\nexpired `(key, value)` pairs.", "url": "https://cachetools.readthedocs.io/en/stable/"}, {"source": "installed:cachetools", "id": "cachetools==8.0.1 cachetools.TTLCache", "version": "8.0.1", "title": "cachetools.TTLCache", "text": "class TTLCache(_TimedCache): __init__(maxsize, ttl, timer=time.monotonic, getsizeof=None)\n\nLRU Cache implementation with per-item time-to-live (TTL) value.", "url": "https://cachetools.readthedocs.io/en/stable/"}]}, "wording": null}');
CREATE TABLE verdict (
	id INTEGER NOT NULL, 
	rollout VARCHAR(40) NOT NULL, 
	outcome VARCHAR(20) NOT NULL, 
	at FLOAT NOT NULL, 
	body JSON NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(rollout) REFERENCES rollout (id)
);
INSERT INTO "verdict" VALUES(1,'rollout_924f1947a5d5','confirmed',10080.0,'{"id": "verdict_c46c979d230b", "outcome": "confirmed", "reason": "cache_hit_ratio went from 0.2018 to 0.7575 (+0.539 to +0.572)", "effects": [{"measure": "cache_hit_ratio", "before": 0.20175, "after": 0.7575, "low": 0.5391020530195865, "high": 0.5723979469804135, "n_before": 8, "n_after": 6}, {"measure": "error_ratio", "before": 0.0, "after": 0.0, "low": 0.0, "high": 0.0, "n_before": 8, "n_after": 6}], "queries": ["sum by (service, primitive, kind) (rate(airuntime_cache_requests_total{service=~\"shop\",primitive=~\"answers\",result=~\"hit|stale|coalesced\"}[10s])) / sum by (service, primitive, kind) (rate(airuntime_cache_requests_total{service=~\"shop\",primitive=~\"answers\",result!=\"bypass\"}[10s]))", "(sum by (service, primitive, kind) (rate(airuntime_executions_total{service=~\"shop\",primitive=~\"answers\",status!=\"ok\"}[10s])) or 0 * sum by (service, primitive, kind) (rate(airuntime_executions_total{service=~\"shop\",primitive=~\"answers\"}[10s]))) / sum by (service, primitive, kind) (rate(airuntime_executions_total{service=~\"shop\",primitive=~\"answers\"}[10s]))", "sum by (service) (rate(airuntime_cost_usd_total{service=~\"shop\",primitive=~\".*\"}[10s])) * on (service) group_right () (1 / sum by (service, primitive, kind) (rate(airuntime_executions_total{service=~\"shop\",primitive=~\"answers\"}[10s])))", "sum by (service, primitive, kind) (rate(airuntime_duration_seconds_sum{service=~\"shop\",primitive=~\"answers\"}[10s])) / sum by (service, primitive, kind) (rate(airuntime_duration_seconds_count{service=~\"shop\",primitive=~\"answers\"}[10s]))"], "safe_share": 1.0}');
CREATE INDEX ix_audit_subject ON audit (subject);
CREATE INDEX ix_model_call_key ON model_call ("key", model);
CREATE INDEX ix_model_call_at ON model_call (at);
COMMIT;
