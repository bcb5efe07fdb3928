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
INSERT INTO "audit" VALUES(3,10065.0,'airuntime','worker','grown','suggestion_390844a44f32','watching','watching','up to a share of 1 no guardrail can be broken');
INSERT INTO "audit" VALUES(4,10205.0,'airuntime','worker','confirmed','suggestion_390844a44f32','watching','kept','cache_hit_ratio went from 0.2 to 0.7633 (+0.513 to +0.604)');
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
INSERT INTO "booking" VALUES(1,'rollout_777362847f74','shop',10005.0,10010.0,0,10235.0,'',0.0,'{"rollout": "rollout_777362847f74", "subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "tunable": "answers.ttl_seconds", "window": {"start": 10005.0, "end": 10010.0}, "basis": "unmeasured", "calls": 0.0, "control_calls": 0.0, "claimed": {"usd": null, "seconds": null, "errors": null}, "saved": {"usd": null, "seconds": null, "errors": null}, "prices": {"source": "genai-prices 0.2.3", "as_of": "2026-11-30"}, "root_calls": 500.0, "holdout_usd": 0.0, "service_usd": null, "baseline_usd": null, "baseline": "rollout_777362847f74", "priced_ratio": null, "ageing_since": null, "behind": ""}');
INSERT INTO "booking" VALUES(2,'rollout_777362847f74','shop',10010.0,10020.0,0,10235.0,'',0.0,'{"rollout": "rollout_777362847f74", "subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "tunable": "answers.ttl_seconds", "window": {"start": 10010.0, "end": 10020.0}, "basis": "unmeasured", "calls": 0.0, "control_calls": 0.0, "claimed": {"usd": null, "seconds": null, "errors": null}, "saved": {"usd": null, "seconds": null, "errors": null}, "prices": {"source": "genai-prices 0.2.3", "as_of": "2026-11-30"}, "root_calls": 500.0, "holdout_usd": 0.0, "service_usd": null, "baseline_usd": null, "baseline": "rollout_777362847f74", "priced_ratio": null, "ageing_since": null, "behind": ""}');
INSERT INTO "booking" VALUES(3,'rollout_777362847f74','shop',10020.0,10030.0,0,10235.0,'',0.0,'{"rollout": "rollout_777362847f74", "subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "tunable": "answers.ttl_seconds", "window": {"start": 10020.0, "end": 10030.0}, "basis": "unmeasured", "calls": 0.0, "control_calls": 0.0, "claimed": {"usd": null, "seconds": null, "errors": null}, "saved": {"usd": null, "seconds": null, "errors": null}, "prices": {"source": "genai-prices 0.2.3", "as_of": "2026-11-30"}, "root_calls": 500.0, "holdout_usd": 0.0, "service_usd": null, "baseline_usd": null, "baseline": "rollout_777362847f74", "priced_ratio": null, "ageing_since": null, "behind": ""}');
INSERT INTO "booking" VALUES(4,'rollout_777362847f74','shop',10030.0,10040.0,0,10235.0,'',0.0,'{"rollout": "rollout_777362847f74", "subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "tunable": "answers.ttl_seconds", "window": {"start": 10030.0, "end": 10040.0}, "basis": "unmeasured", "calls": 0.0, "control_calls": 0.0, "claimed": {"usd": null, "seconds": null, "errors": null}, "saved": {"usd": null, "seconds": null, "errors": null}, "prices": {"source": "genai-prices 0.2.3", "as_of": "2026-11-30"}, "root_calls": 500.0, "holdout_usd": 0.0, "service_usd": null, "baseline_usd": null, "baseline": "rollout_777362847f74", "priced_ratio": null, "ageing_since": null, "behind": ""}');
INSERT INTO "booking" VALUES(5,'rollout_777362847f74','shop',10040.0,10050.0,0,10235.0,'',0.0,'{"rollout": "rollout_777362847f74", "subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "tunable": "answers.ttl_seconds", "window": {"start": 10040.0, "end": 10050.0}, "basis": "unmeasured", "calls": 0.0, "control_calls": 0.0, "claimed": {"usd": null, "seconds": null, "errors": null}, "saved": {"usd": null, "seconds": null, "errors": null}, "prices": {"source": "genai-prices 0.2.3", "as_of": "2026-11-30"}, "root_calls": 500.0, "holdout_usd": 0.0, "service_usd": null, "baseline_usd": null, "baseline": "rollout_777362847f74", "priced_ratio": null, "ageing_since": null, "behind": ""}');
INSERT INTO "booking" VALUES(6,'rollout_777362847f74','shop',10050.0,10060.0,0,10235.0,'',0.0,'{"rollout": "rollout_777362847f74", "subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "tunable": "answers.ttl_seconds", "window": {"start": 10050.0, "end": 10060.0}, "basis": "unmeasured", "calls": 0.0, "control_calls": 0.0, "claimed": {"usd": null, "seconds": null, "errors": null}, "saved": {"usd": null, "seconds": null, "errors": null}, "prices": {"source": "genai-prices 0.2.3", "as_of": "2026-11-30"}, "root_calls": 500.0, "holdout_usd": 0.0, "service_usd": null, "baseline_usd": null, "baseline": "rollout_777362847f74", "priced_ratio": null, "ageing_since": null, "behind": ""}');
INSERT INTO "booking" VALUES(7,'rollout_777362847f74','shop',10060.0,10065.0,0,10235.0,'',0.0,'{"rollout": "rollout_777362847f74", "subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "tunable": "answers.ttl_seconds", "window": {"start": 10060.0, "end": 10065.0}, "basis": "unmeasured", "calls": 0.0, "control_calls": 0.0, "claimed": {"usd": null, "seconds": null, "errors": null}, "saved": {"usd": null, "seconds": null, "errors": null}, "prices": {"source": "genai-prices 0.2.3", "as_of": "2026-11-30"}, "root_calls": 500.0, "holdout_usd": 0.0, "service_usd": null, "baseline_usd": null, "baseline": "rollout_777362847f74", "priced_ratio": null, "ageing_since": null, "behind": ""}');
INSERT INTO "booking" VALUES(8,'rollout_777362847f74','shop',10065.0,10070.0,0,10235.0,'',0.0,'{"rollout": "rollout_777362847f74", "subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "tunable": "answers.ttl_seconds", "window": {"start": 10065.0, "end": 10070.0}, "basis": "unmeasured", "calls": 0.0, "control_calls": 0.0, "claimed": {"usd": null, "seconds": null, "errors": null}, "saved": {"usd": null, "seconds": null, "errors": null}, "prices": {"source": "genai-prices 0.2.3", "as_of": "2026-11-30"}, "root_calls": 500.0, "holdout_usd": 0.0, "service_usd": null, "baseline_usd": null, "baseline": "rollout_777362847f74", "priced_ratio": null, "ageing_since": null, "behind": ""}');
INSERT INTO "booking" VALUES(9,'rollout_777362847f74','shop',10070.0,10080.0,0,10235.0,'',0.0,'{"rollout": "rollout_777362847f74", "subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "tunable": "answers.ttl_seconds", "window": {"start": 10070.0, "end": 10080.0}, "basis": "unmeasured", "calls": 0.0, "control_calls": 0.0, "claimed": {"usd": null, "seconds": null, "errors": null}, "saved": {"usd": null, "seconds": null, "errors": null}, "prices": {"source": "genai-prices 0.2.3", "as_of": "2026-11-30"}, "root_calls": 500.0, "holdout_usd": 0.0, "service_usd": null, "baseline_usd": null, "baseline": "rollout_777362847f74", "priced_ratio": null, "ageing_since": null, "behind": ""}');
INSERT INTO "booking" VALUES(10,'rollout_777362847f74','shop',10080.0,10090.0,0,10235.0,'',0.0,'{"rollout": "rollout_777362847f74", "subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "tunable": "answers.ttl_seconds", "window": {"start": 10080.0, "end": 10090.0}, "basis": "unmeasured", "calls": 0.0, "control_calls": 0.0, "claimed": {"usd": null, "seconds": null, "errors": null}, "saved": {"usd": null, "seconds": null, "errors": null}, "prices": {"source": "genai-prices 0.2.3", "as_of": "2026-11-30"}, "root_calls": 500.0, "holdout_usd": 0.0, "service_usd": null, "baseline_usd": null, "baseline": "rollout_777362847f74", "priced_ratio": null, "ageing_since": null, "behind": ""}');
INSERT INTO "booking" VALUES(11,'rollout_777362847f74','shop',10090.0,10100.0,0,10235.0,'',0.0,'{"rollout": "rollout_777362847f74", "subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "tunable": "answers.ttl_seconds", "window": {"start": 10090.0, "end": 10100.0}, "basis": "unmeasured", "calls": 0.0, "control_calls": 0.0, "claimed": {"usd": null, "seconds": null, "errors": null}, "saved": {"usd": null, "seconds": null, "errors": null}, "prices": {"source": "genai-prices 0.2.3", "as_of": "2026-11-30"}, "root_calls": 500.0, "holdout_usd": 0.0, "service_usd": null, "baseline_usd": null, "baseline": "rollout_777362847f74", "priced_ratio": null, "ageing_since": null, "behind": ""}');
INSERT INTO "booking" VALUES(12,'rollout_777362847f74','shop',10100.0,10110.0,0,10235.0,'',0.0,'{"rollout": "rollout_777362847f74", "subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "tunable": "answers.ttl_seconds", "window": {"start": 10100.0, "end": 10110.0}, "basis": "unmeasured", "calls": 0.0, "control_calls": 0.0, "claimed": {"usd": null, "seconds": null, "errors": null}, "saved": {"usd": null, "seconds": null, "errors": null}, "prices": {"source": "genai-prices 0.2.3", "as_of": "2026-11-30"}, "root_calls": 500.0, "holdout_usd": 0.0, "service_usd": null, "baseline_usd": null, "baseline": "rollout_777362847f74", "priced_ratio": null, "ageing_since": null, "behind": ""}');
INSERT INTO "booking" VALUES(13,'rollout_777362847f74','shop',10110.0,10120.0,0,10235.0,'',0.0,'{"rollout": "rollout_777362847f74", "subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "tunable": "answers.ttl_seconds", "window": {"start": 10110.0, "end": 10120.0}, "basis": "unmeasured", "calls": 0.0, "control_calls": 0.0, "claimed": {"usd": null, "seconds": null, "errors": null}, "saved": {"usd": null, "seconds": null, "errors": null}, "prices": {"source": "genai-prices 0.2.3", "as_of": "2026-11-30"}, "root_calls": 500.0, "holdout_usd": 0.0, "service_usd": null, "baseline_usd": null, "baseline": "rollout_777362847f74", "priced_ratio": null, "ageing_since": null, "behind": ""}');
INSERT INTO "booking" VALUES(14,'rollout_777362847f74','shop',10120.0,10130.0,0,10235.0,'',0.0,'{"rollout": "rollout_777362847f74", "subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "tunable": "answers.ttl_seconds", "window": {"start": 10120.0, "end": 10130.0}, "basis": "unmeasured", "calls": 0.0, "control_calls": 0.0, "claimed": {"usd": null, "seconds": null, "errors": null}, "saved": {"usd": null, "seconds": null, "errors": null}, "prices": {"source": "genai-prices 0.2.3", "as_of": "2026-11-30"}, "root_calls": 500.0, "holdout_usd": 0.0, "service_usd": null, "baseline_usd": null, "baseline": "rollout_777362847f74", "priced_ratio": null, "ageing_since": null, "behind": ""}');
INSERT INTO "booking" VALUES(15,'rollout_777362847f74','shop',10130.0,10140.0,0,10235.0,'',0.0,'{"rollout": "rollout_777362847f74", "subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "tunable": "answers.ttl_seconds", "window": {"start": 10130.0, "end": 10140.0}, "basis": "unmeasured", "calls": 0.0, "control_calls": 0.0, "claimed": {"usd": null, "seconds": null, "errors": null}, "saved": {"usd": null, "seconds": null, "errors": null}, "prices": {"source": "genai-prices 0.2.3", "as_of": "2026-11-30"}, "root_calls": 500.0, "holdout_usd": 0.0, "service_usd": null, "baseline_usd": null, "baseline": "rollout_777362847f74", "priced_ratio": null, "ageing_since": null, "behind": ""}');
INSERT INTO "booking" VALUES(16,'rollout_777362847f74','shop',10140.0,10150.0,0,10235.0,'',0.0,'{"rollout": "rollout_777362847f74", "subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "tunable": "answers.ttl_seconds", "window": {"start": 10140.0, "end": 10150.0}, "basis": "unmeasured", "calls": 0.0, "control_calls": 0.0, "claimed": {"usd": null, "seconds": null, "errors": null}, "saved": {"usd": null, "seconds": null, "errors": null}, "prices": {"source": "genai-prices 0.2.3", "as_of": "2026-11-30"}, "root_calls": 500.0, "holdout_usd": 0.0, "service_usd": null, "baseline_usd": null, "baseline": "rollout_777362847f74", "priced_ratio": null, "ageing_since": null, "behind": ""}');
INSERT INTO "booking" VALUES(17,'rollout_777362847f74','shop',10150.0,10160.0,0,10235.0,'',0.0,'{"rollout": "rollout_777362847f74", "subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "tunable": "answers.ttl_seconds", "window": {"start": 10150.0, "end": 10160.0}, "basis": "unmeasured", "calls": 0.0, "control_calls": 0.0, "claimed": {"usd": null, "seconds": null, "errors": null}, "saved": {"usd": null, "seconds": null, "errors": null}, "prices": {"source": "genai-prices 0.2.3", "as_of": "2026-11-30"}, "root_calls": 500.0, "holdout_usd": 0.0, "service_usd": null, "baseline_usd": null, "baseline": "rollout_777362847f74", "priced_ratio": null, "ageing_since": null, "behind": ""}');
INSERT INTO "booking" VALUES(18,'rollout_777362847f74','shop',10160.0,10170.0,0,10235.0,'',0.0,'{"rollout": "rollout_777362847f74", "subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "tunable": "answers.ttl_seconds", "window": {"start": 10160.0, "end": 10170.0}, "basis": "unmeasured", "calls": 0.0, "control_calls": 0.0, "claimed": {"usd": null, "seconds": null, "errors": null}, "saved": {"usd": null, "seconds": null, "errors": null}, "prices": {"source": "genai-prices 0.2.3", "as_of": "2026-11-30"}, "root_calls": 500.0, "holdout_usd": 0.0, "service_usd": null, "baseline_usd": null, "baseline": "rollout_777362847f74", "priced_ratio": null, "ageing_since": null, "behind": ""}');
INSERT INTO "booking" VALUES(19,'rollout_777362847f74','shop',10170.0,10180.0,0,10235.0,'',0.0,'{"rollout": "rollout_777362847f74", "subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "tunable": "answers.ttl_seconds", "window": {"start": 10170.0, "end": 10180.0}, "basis": "unmeasured", "calls": 0.0, "control_calls": 0.0, "claimed": {"usd": null, "seconds": null, "errors": null}, "saved": {"usd": null, "seconds": null, "errors": null}, "prices": {"source": "genai-prices 0.2.3", "as_of": "2026-11-30"}, "root_calls": 500.0, "holdout_usd": 0.0, "service_usd": null, "baseline_usd": null, "baseline": "rollout_777362847f74", "priced_ratio": null, "ageing_since": null, "behind": ""}');
INSERT INTO "booking" VALUES(20,'rollout_777362847f74','shop',10180.0,10190.0,0,10235.0,'',0.0,'{"rollout": "rollout_777362847f74", "subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "tunable": "answers.ttl_seconds", "window": {"start": 10180.0, "end": 10190.0}, "basis": "unmeasured", "calls": 0.0, "control_calls": 0.0, "claimed": {"usd": null, "seconds": null, "errors": null}, "saved": {"usd": null, "seconds": null, "errors": null}, "prices": {"source": "genai-prices 0.2.3", "as_of": "2026-11-30"}, "root_calls": 500.0, "holdout_usd": 0.0, "service_usd": null, "baseline_usd": null, "baseline": "rollout_777362847f74", "priced_ratio": null, "ageing_since": null, "behind": ""}');
INSERT INTO "booking" VALUES(21,'rollout_777362847f74','shop',10190.0,10200.0,0,10235.0,'',0.0,'{"rollout": "rollout_777362847f74", "subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "tunable": "answers.ttl_seconds", "window": {"start": 10190.0, "end": 10200.0}, "basis": "unmeasured", "calls": 0.0, "control_calls": 0.0, "claimed": {"usd": null, "seconds": null, "errors": null}, "saved": {"usd": null, "seconds": null, "errors": null}, "prices": {"source": "genai-prices 0.2.3", "as_of": "2026-11-30"}, "root_calls": 500.0, "holdout_usd": 0.0, "service_usd": null, "baseline_usd": null, "baseline": "rollout_777362847f74", "priced_ratio": null, "ageing_since": null, "behind": ""}');
INSERT INTO "booking" VALUES(22,'rollout_777362847f74','shop',10200.0,10205.0,0,10235.0,'',0.0,'{"rollout": "rollout_777362847f74", "subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "tunable": "answers.ttl_seconds", "window": {"start": 10200.0, "end": 10205.0}, "basis": "unmeasured", "calls": 0.0, "control_calls": 0.0, "claimed": {"usd": null, "seconds": null, "errors": null}, "saved": {"usd": null, "seconds": null, "errors": null}, "prices": {"source": "genai-prices 0.2.3", "as_of": "2026-11-30"}, "root_calls": 500.0, "holdout_usd": 0.0, "service_usd": null, "baseline_usd": null, "baseline": "rollout_777362847f74", "priced_ratio": null, "ageing_since": null, "behind": ""}');
INSERT INTO "booking" VALUES(23,'rollout_777362847f74','shop',10205.0,10210.0,0,10235.0,'',2.81647363421701268926e-01,'{"rollout": "rollout_777362847f74", "subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "tunable": "answers.ttl_seconds", "window": {"start": 10205.0, "end": 10210.0}, "basis": "estimate", "calls": 500.0, "control_calls": 0.0, "claimed": {"usd": {"low": 0.2544291160058898, "mid": 0.28164736342170127, "high": 0.30319515642926637}, "seconds": {"low": 289.1545133554872, "mid": 299.5307471792332, "high": 309.23303768760013}, "errors": {"low": -0.0, "mid": -0.0, "high": 0.0}}, "saved": {"usd": {"low": 0.2544291160058898, "mid": 0.28164736342170127, "high": 0.30319515642926637}, "seconds": {"low": 289.1545133554872, "mid": 299.5307471792332, "high": 309.23303768760013}, "errors": {"low": -0.0, "mid": -0.0, "high": 0.0}}, "prices": {"source": "genai-prices 0.2.3", "as_of": "2026-11-30"}, "root_calls": 500.0, "holdout_usd": 0.0, "service_usd": null, "baseline_usd": null, "baseline": "rollout_777362847f74", "priced_ratio": null, "ageing_since": 10205.0, "behind": ""}');
INSERT INTO "booking" VALUES(24,'rollout_777362847f74','shop',10210.0,10220.0,0,10235.0,'',2.81647363421701268926e-01,'{"rollout": "rollout_777362847f74", "subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "tunable": "answers.ttl_seconds", "window": {"start": 10210.0, "end": 10220.0}, "basis": "estimate", "calls": 500.0, "control_calls": 0.0, "claimed": {"usd": {"low": 0.254429038020281, "mid": 0.28164736342170127, "high": 0.3031952181679129}, "seconds": {"low": 289.1544836255454, "mid": 299.5307471792332, "high": 309.2330654865624}, "errors": {"low": -0.0, "mid": -0.0, "high": 0.0}}, "saved": {"usd": {"low": 0.254429038020281, "mid": 0.28164736342170127, "high": 0.3031952181679129}, "seconds": {"low": 289.1544836255454, "mid": 299.5307471792332, "high": 309.2330654865624}, "errors": {"low": -0.0, "mid": -0.0, "high": 0.0}}, "prices": {"source": "genai-prices 0.2.3", "as_of": "2026-11-30"}, "root_calls": 500.0, "holdout_usd": 0.0, "service_usd": null, "baseline_usd": null, "baseline": "rollout_777362847f74", "priced_ratio": null, "ageing_since": 10205.0, "behind": ""}');
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
INSERT INTO "diagnosis" VALUES(1,10235.0,'{"diagnosis": {"findings": [{"id": "finding_270a241a90af", "subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "name": "cold_cache", "score": 0.6, "confidence": 1.0, "summary": "60% of requests found their entry too old: the cache forgets sooner than it is asked", "signals": [{"subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "measure": "cache_expired_ratio", "unit": "1", "state": "measured", "value": 0.6, "n": 500, "window": {"start": 10175.0, "end": 10235.0}, "query": "sum by (service, primitive, kind) (rate(airuntime_cache_evictions_total{service=~\".*\",primitive=~\".*\",reason=\"expired\"}[60s])) / sum by (service, primitive, kind) (rate(airuntime_cache_requests_total{service=~\".*\",primitive=~\".*\",result!=\"bypass\"}[60s]))"}, {"subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "measure": "cache_hit_ratio", "unit": "1", "state": "measured", "value": 0.2, "n": 500, "window": {"start": 10175.0, "end": 10235.0}, "query": "sum by (service, primitive, kind) (rate(airuntime_cache_requests_total{service=~\".*\",primitive=~\".*\",result=~\"hit|stale|coalesced\"}[60s])) / sum by (service, primitive, kind) (rate(airuntime_cache_requests_total{service=~\".*\",primitive=~\".*\",result!=\"bypass\"}[60s]))"}, {"subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "measure": "cache_reuse_seconds_p90", "unit": "s", "state": "measured", "value": 12.0, "n": 500, "window": {"start": 10175.0, "end": 10235.0}, "query": "histogram_quantile(0.9, sum by (service, primitive, kind, le) (rate(airuntime_cache_reuse_seconds_bucket{service=~\".*\",primitive=~\".*\"}[60s])))"}], "causes": [], "remedy": "Let entries live longer than the 12 s within which 90 % of them are asked for again, or renew them in the background before they expire."}], "clear": [{"subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "name": "thrashing_cache", "reason": "0.00 entries thrown out for a request (limit 0.25)", "measured": true}, {"subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "name": "useless_cache", "reason": "20% of requests are answered by it", "measured": true}, {"subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "name": "duplicated_calls", "reason": "0% of requests came while the same one was under way (limit 30%)", "measured": true}, {"subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "name": "bottleneck", "reason": "self_share is not measured (no_data)", "measured": false}, {"subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "name": "error_regression", "reason": "share of calls that fail 0, as often before", "measured": true}, {"subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "name": "hit_regression", "reason": "hit ratio 0.2, as often before", "measured": true}], "forecasts": []}, "problems": []}');
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
INSERT INTO "progress" VALUES('rollout_777362847f74',10205.0,'{"rollout": "rollout_777362847f74", "at": 10205.0, "replicas": {"obeying": ["shop/shop-0", "shop/shop-1"], "lagging": [], "behind": [], "gone": [], "joined": [], "restarted": [], "outdated": []}, "control": {"calls": 3625, "errors": 0, "slow_p95": 197, "slow_p99": 0, "seconds": 3616.8477882862508, "squared_seconds": 3913.236596715268, "cubed_seconds": 4512.484135097837, "cost_usd": 2.893, "squared_cost_usd": 0.0028929999999999993, "cubed_cost_usd": 2.8930000000000005e-06, "rated": 0, "quality": 0.0, "squared_quality": 0.0, "cubed_quality": 0.0, "asked": 3625, "hits": 732, "tried": 0, "attempts": 0.0, "squared_attempts": 0.0, "cubed_attempts": 0.0, "weighed": 0, "touched": 0, "expected_usd": 0.0, "touched_cost_usd": 0.0, "squared_touched_cost_usd": 0.0, "cubed_touched_cost_usd": 0.0}, "candidate": {"calls": 2175, "errors": 0, "slow_p95": 24, "slow_p99": 0, "seconds": 872.4465653118239, "squared_seconds": 379.6279895626278, "cubed_seconds": 176.04638622338717, "cost_usd": 0.5230000000000002, "squared_cost_usd": 0.000523, "cubed_cost_usd": 5.230000000000001e-07, "rated": 0, "quality": 0.0, "squared_quality": 0.0, "cubed_quality": 0.0, "asked": 2175, "hits": 1652, "tried": 0, "attempts": 0.0, "squared_attempts": 0.0, "cubed_attempts": 0.0, "weighed": 0, "touched": 0, "expected_usd": 0.0, "touched_cost_usd": 0.0, "squared_touched_cost_usd": 0.0, "cubed_touched_cost_usd": 0.0}, "grew": 10200.0, "verdict": {"id": "verdict_695ee5df39fc", "outcome": "confirmed", "reason": "cache_hit_ratio went from 0.2 to 0.7633 (+0.513 to +0.604)", "effects": [{"measure": "cache_hit_ratio", "before": 0.20002805370676363, "after": 0.7633227805501663, "low": 0.5134202203096546, "high": 0.6035847257880759, "n_before": 10, "n_after": 10}, {"measure": "error_ratio", "before": 0.0, "after": 0.0, "low": 0.0, "high": 0.0, "n_before": 10, "n_after": 10}, {"measure": "slow_p95_ratio", "before": 0.054063991633807276, "after": 0.01196507144168343, "low": -0.06248446258128512, "high": -0.025985247871006083, "n_before": 10, "n_after": 10}, {"measure": "usd_per_call", "before": 0.0007999719462932363, "after": 0.0002366772194498337, "low": -0.0006063902511200188, "high": -0.0005088583099972208, "n_before": 10, "n_after": 10}, {"measure": "seconds_mean", "before": 0.9986587520615722, "after": 0.39959725770310583, "low": -0.6184660475762978, "high": -0.5783090564408524, "n_before": 10, "n_after": 10}], "queries": ["{__name__=~\"airuntime_arm_calls_total|airuntime_arm_errors_total|airuntime_arm_slow_p95_total|airuntime_arm_slow_p99_total|airuntime_arm_seconds_total|airuntime_arm_squared_seconds_total|airuntime_arm_cubed_seconds_total|airuntime_arm_cost_usd_total|airuntime_arm_squared_cost_usd_total|airuntime_arm_cubed_cost_usd_total|airuntime_arm_rated_total|airuntime_arm_quality_total|airuntime_arm_squared_quality_total|airuntime_arm_cubed_quality_total|airuntime_arm_asked_total|airuntime_arm_hits_total|airuntime_arm_tried_total|airuntime_arm_attempts_total|airuntime_arm_squared_attempts_total|airuntime_arm_cubed_attempts_total|airuntime_arm_weighed_total|airuntime_arm_touched_total|airuntime_arm_expected_usd_total|airuntime_arm_touched_cost_usd_total|airuntime_arm_squared_touched_cost_usd_total|airuntime_arm_cubed_touched_cost_usd_total\",rollout=\"rollout_777362847f74\"}"], "safe_share": 1.0}, "note": "cache_hit_ratio went from 0.2 to 0.7633 (+0.513 to +0.604)"}');
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
INSERT INTO "rollout" VALUES('rollout_777362847f74','change_8d47e94a8e7c','kept',NULL,10005.0,'{"id": "rollout_777362847f74", "change": {"id": "change_8d47e94a8e7c", "suggestion": "suggestion_390844a44f32", "before": 2.0, "after": 60.0, "forward": {"service": "shop", "tunable": "answers.ttl_seconds", "value": 60.0}, "inverse": {"service": "shop", "tunable": "answers.ttl_seconds", "value": null}, "asked_by": "local"}, "phase": "kept", "baseline": {"start": 9945.0, "end": 10005.0}, "since": 10205.0, "why": "cache_hit_ratio went from 0.2 to 0.7633 (+0.513 to +0.604)", "share": 1.0, "dealing": {"scope": "key", "block_seconds": 20.0, "settle_seconds": 5.0, "slow_p95": 2.0, "slow_p99": 4.0}, "revision": 4, "stepped": 10205.0, "held": null}',4);
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
INSERT INTO "service" VALUES('shop','{"service": "shop", "version": "1", "instance": "", "language": "python", "primitives": [{"name": "answers", "kind": "cache", "file": "/srv/shop/shop.py", "line": 2, "end_line": 3, "function": "build", "doc": "Answers.", "libraries": [{"name": "cachetools", "version": "7.1.0"}], "callees": [], "details": {}}], "tunables": [{"name": "answers.ttl_seconds", "primitive": "answers", "type": "float", "value": 2.0, "default": 2.0, "minimum": 1.0, "maximum": 86400.0, "unit": "s", "description": "How long answers live.", "scope": "key"}], "refused": "", "revision": ""}',10000.0,3);
CREATE TABLE setting (
	service VARCHAR(200) NOT NULL, 
	tunable VARCHAR(200) NOT NULL, 
	value FLOAT NOT NULL, 
	rollout VARCHAR(40) NOT NULL, 
	PRIMARY KEY (service, tunable)
);
INSERT INTO "setting" VALUES('shop','answers.ttl_seconds',60.0,'rollout_777362847f74');
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
INSERT INTO "suggestion" VALUES('suggestion_390844a44f32','evidence_f80ec2fbf0bf','shop','answers.ttl_seconds','kept',3,10005.0,10205.0,'{"id": "suggestion_390844a44f32", "subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "rule": "cold_cache", "tunable": {"name": "answers.ttl_seconds", "primitive": "answers", "type": "float", "value": 2.0, "default": 2.0, "minimum": 1.0, "maximum": 86400.0, "unit": "s", "description": "How long answers live."}, "from_value": 2.0, "to_value": 60.0, "title": "Keep entries of answers for 60 s instead of 2 s", "claim": "60% of requests found an answer older than 2 s and paid for it again. 90 % of entries are asked for again within 12 s; kept for 60 s they answer. Answers may then be up to 60 s old.", "expected": {"measure": "cache_hit_ratio", "unit": "1", "direction": "higher", "now": 0.2, "low": 0.44, "high": 0.8}, "guardrails": [{"measure": "error_ratio", "max_increase": 0.02, "relative": false, "worse": "higher", "shown": "grown"}], "risk": "low", "evidence": {"id": "evidence_f80ec2fbf0bf", "finding": {"id": "finding_775f47989551", "subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "name": "cold_cache", "score": 0.6, "confidence": 1.0, "summary": "60% of requests found their entry too old: the cache forgets sooner than it is asked", "signals": [{"subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "measure": "cache_expired_ratio", "unit": "1", "state": "measured", "value": 0.6, "n": 500, "window": {"start": 9945.0, "end": 10005.0}, "query": "sum by (service, primitive, kind) (rate(airuntime_cache_evictions_total{service=~\".*\",primitive=~\".*\",reason=\"expired\"}[60s])) / sum by (service, primitive, kind) (rate(airuntime_cache_requests_total{service=~\".*\",primitive=~\".*\",result!=\"bypass\"}[60s]))"}, {"subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "measure": "cache_hit_ratio", "unit": "1", "state": "measured", "value": 0.2, "n": 500, "window": {"start": 9945.0, "end": 10005.0}, "query": "sum by (service, primitive, kind) (rate(airuntime_cache_requests_total{service=~\".*\",primitive=~\".*\",result=~\"hit|stale|coalesced\"}[60s])) / sum by (service, primitive, kind) (rate(airuntime_cache_requests_total{service=~\".*\",primitive=~\".*\",result!=\"bypass\"}[60s]))"}, {"subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "measure": "cache_reuse_seconds_p90", "unit": "s", "state": "measured", "value": 12.0, "n": 500, "window": {"start": 9945.0, "end": 10005.0}, "query": "histogram_quantile(0.9, sum by (service, primitive, kind, le) (rate(airuntime_cache_reuse_seconds_bucket{service=~\".*\",primitive=~\".*\"}[60s])))"}], "causes": [], "remedy": "Let entries live longer than the 12 s within which 90 % of them are asked for again, or renew them in the background before they expire."}, "signals": [{"subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "measure": "cache_expired_ratio", "unit": "1", "state": "measured", "value": 0.6, "n": 500, "window": {"start": 9945.0, "end": 10005.0}, "query": "sum by (service, primitive, kind) (rate(airuntime_cache_evictions_total{service=~\".*\",primitive=~\".*\",reason=\"expired\"}[60s])) / sum by (service, primitive, kind) (rate(airuntime_cache_requests_total{service=~\".*\",primitive=~\".*\",result!=\"bypass\"}[60s]))"}, {"subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "measure": "cache_hit_ratio", "unit": "1", "state": "measured", "value": 0.2, "n": 500, "window": {"start": 9945.0, "end": 10005.0}, "query": "sum by (service, primitive, kind) (rate(airuntime_cache_requests_total{service=~\".*\",primitive=~\".*\",result=~\"hit|stale|coalesced\"}[60s])) / sum by (service, primitive, kind) (rate(airuntime_cache_requests_total{service=~\".*\",primitive=~\".*\",result!=\"bypass\"}[60s]))"}, {"subject": {"service": "shop", "primitive": "answers", "kind": "cache"}, "measure": "cache_reuse_seconds_p90", "unit": "s", "state": "measured", "value": 12.0, "n": 500, "window": {"start": 9945.0, "end": 10005.0}, "query": "histogram_quantile(0.9, sum by (service, primitive, kind, le) (rate(airuntime_cache_reuse_seconds_bucket{service=~\".*\",primitive=~\".*\"}[60s])))"}], "code": [{"file": "shop.py", "line": 2, "end_line": 3, "text": "def build():\n    return CachePrimitive()"}], "docs": [{"source": "installed:cachetools", "id": "cachetools==8.0.1 cachetools.TTLCache.expire", "version": "8.0.1", "title": "cachetools.TTLCache.expire", "text": "def expire(time=None)\n\nRemove expired items from the cache and return an iterable of the\nexpired `(key, value)` pairs.", "url": "https://cachetools.readthedocs.io/en/stable/"}, {"source": "installed:cachetools", "id": "cachetools==8.0.1 cachetools.TTLCache", "version": "8.0.1", "title": "cachetools.TTLCache", "text": "class TTLCache(_TimedCache): __init__(maxsize, ttl, timer=time.monotonic, getsizeof=None)\n\nLRU Cache implementation with per-item time-to-live (TTL) value.", "url": "https://cachetools.readthedocs.io/en/stable/"}]}, "wording": null, "patch": null}');
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
INSERT INTO "verdict" VALUES(1,'rollout_777362847f74','confirmed',10205.0,'{"id": "verdict_695ee5df39fc", "outcome": "confirmed", "reason": "cache_hit_ratio went from 0.2 to 0.7633 (+0.513 to +0.604)", "effects": [{"measure": "cache_hit_ratio", "before": 0.20002805370676363, "after": 0.7633227805501663, "low": 0.5134202203096546, "high": 0.6035847257880759, "n_before": 10, "n_after": 10}, {"measure": "error_ratio", "before": 0.0, "after": 0.0, "low": 0.0, "high": 0.0, "n_before": 10, "n_after": 10}, {"measure": "slow_p95_ratio", "before": 0.054063991633807276, "after": 0.01196507144168343, "low": -0.06248446258128512, "high": -0.025985247871006083, "n_before": 10, "n_after": 10}, {"measure": "usd_per_call", "before": 0.0007999719462932363, "after": 0.0002366772194498337, "low": -0.0006063902511200188, "high": -0.0005088583099972208, "n_before": 10, "n_after": 10}, {"measure": "seconds_mean", "before": 0.9986587520615722, "after": 0.39959725770310583, "low": -0.6184660475762978, "high": -0.5783090564408524, "n_before": 10, "n_after": 10}], "queries": ["{__name__=~\"airuntime_arm_calls_total|airuntime_arm_errors_total|airuntime_arm_slow_p95_total|airuntime_arm_slow_p99_total|airuntime_arm_seconds_total|airuntime_arm_squared_seconds_total|airuntime_arm_cubed_seconds_total|airuntime_arm_cost_usd_total|airuntime_arm_squared_cost_usd_total|airuntime_arm_cubed_cost_usd_total|airuntime_arm_rated_total|airuntime_arm_quality_total|airuntime_arm_squared_quality_total|airuntime_arm_cubed_quality_total|airuntime_arm_asked_total|airuntime_arm_hits_total|airuntime_arm_tried_total|airuntime_arm_attempts_total|airuntime_arm_squared_attempts_total|airuntime_arm_cubed_attempts_total|airuntime_arm_weighed_total|airuntime_arm_touched_total|airuntime_arm_expected_usd_total|airuntime_arm_touched_cost_usd_total|airuntime_arm_squared_touched_cost_usd_total|airuntime_arm_cubed_touched_cost_usd_total\",rollout=\"rollout_777362847f74\"}"], "safe_share": 1.0}');
CREATE INDEX ix_audit_subject ON audit (subject);
CREATE INDEX ix_model_call_key ON model_call ("key", model);
CREATE INDEX ix_model_call_at ON model_call (at);
CREATE INDEX ix_booking_window ON booking (service, start);
CREATE INDEX ix_patch_suggestion ON patch (suggestion);
CREATE INDEX ix_delivery_due ON delivery (due);
COMMIT;
