//! `functions.<name>.events`.

use super::{Effect, Key, Shape, Table, key, required, without_effect};

/// `events`: a list of maps, each with one kind (or several).
pub(super) const EVENTS: Shape = Shape::List(&Shape::Fields(&EVENT));

static EVENT: Table = Table {
    title: "an event",
    groups: &[&[
        key("http", HTTP, "An HTTP route."),
        key("apigw", HTTP, "An HTTP route, as older files call it."),
        key("timer", TIMER, "A schedule."),
        key("os", Shape::Fields(&OBJECT), "Objects created or removed in a bucket."),
        key("oss", Shape::Fields(&OBJECT), "The same as os."),
        key("cos", Shape::Fields(&OBJECT), "The same as os."),
        key("mq", MESSAGE, "Messages of a topic or queue."),
        key("cmq", MESSAGE, "The same as mq."),
        key("log", Shape::Fields(&LOG), "Batches of log lines."),
        without_effect("cdn", "CDN events.", Effect::NoTrigger),
        without_effect("kafka", "Kafka messages.", Effect::NoTrigger),
        without_effect("event", "Events of an event bus.", Effect::NoTrigger),
        without_effect("hsf", "HSF calls.", Effect::NoTrigger),
        without_effect("mtop", "mtop calls.", Effect::NoTrigger),
    ]],
};

static SHARED: &[Key] = &[
    key("name", Shape::Text, "The trigger's own name."),
    key("role", Shape::Text, "Role that invokes the function, in the target's own words."),
    key("version", Shape::Text, "Version or alias that is invoked."),
];

static ENABLE: &[Key] = &[key("enable", Shape::Flag, "false keeps the trigger deployed but asleep.")];

const HTTP: Shape = Shape::Either(&[Shape::Fields(&ROUTE), Shape::Flag, Shape::Text]);

static ROUTE: Table = Table {
    title: "an http event",
    groups: &[
        &[
            key("path", Shape::Text, "/users, /user/:id, /files/*. Everything (/*) when absent."),
            key("method", Shape::Texts, "get, [get, post], any. All methods when absent."),
            key("serviceId", Shape::Text, "Id of an API gateway service."),
            key("cors", Shape::Any, "CORS at the gateway, in the target's own words."),
            key("timeout", Shape::Number, "Seconds the gateway waits."),
            without_effect("integratedResponse", "Always on.", Effect::Quiet),
        ],
        SHARED,
    ],
};

const TIMER: Shape = Shape::Either(&[Shape::Fields(&SCHEDULE), Shape::Text]);

static SCHEDULE: Table = Table {
    title: "a timer event",
    groups: &[
        &[
            key("type", Shape::Text, "cron, or every for a value such as 5m."),
            required("value", Shape::Text, "5, 6 (seconds first) or 7 (year last) cron fields, or every 5m."),
            key("payload", Shape::Any, "Handed to the function."),
            key("timezone", Shape::Text, "IANA name. provider.timezone or UTC when absent."),
        ],
        ENABLE,
        SHARED,
    ],
};

static FILTER: Table = Table {
    title: "a filter",
    groups: &[&[
        key("prefix", Shape::Text, "How the object's key begins."),
        key("suffix", Shape::Text, "How the object's key ends."),
    ]],
};

static OBJECT: Table = Table {
    title: "an object event",
    groups: &[
        &[
            required("bucket", Shape::Text, "Name of the bucket."),
            key("events", Shape::Texts, "created, removed, or the target's own words. created when absent."),
            key("filter", Shape::Fields(&FILTER), "Which objects."),
        ],
        ENABLE,
        SHARED,
    ],
};

const MESSAGE: Shape = Shape::Either(&[Shape::Fields(&TOPIC), Shape::Text]);

static TOPIC: Table = Table {
    title: "a message event",
    groups: &[
        &[
            required("topic", Shape::Text, "Name of the topic or queue."),
            key("tags", Shape::Texts, "Only messages with one of these tags."),
            key("region", Shape::Text, "Where the topic is, if not where the function is."),
            key("strategy", Shape::Text, "Retry strategy, in the target's own words."),
        ],
        ENABLE,
        SHARED,
    ],
};

static LOG: Table = Table {
    title: "a log event",
    groups: &[
        &[
            key("source", Shape::Text, "The log store that feeds the function."),
            key("project", Shape::Text, "Its project."),
            key("log", Shape::Text, "Where the trigger's own logs go."),
            key("retryTime", Shape::Number, "Retries of a failed batch."),
            key("interval", Shape::Number, "Seconds between batches."),
        ],
        ENABLE,
        SHARED,
    ],
};
