"""The functions that AWS calls. Event functions stand here, one line each: elsewhere they lose this module."""

from chalice.app import CloudWatchEvent, Cron, Rate, SQSEvent

from chalicelib.entrypoints import api, queues, schedules, watching
from chalicelib.entrypoints.console import rooms
from chalicelib.entrypoints.guarded import Guarded
from chalicelib.entrypoints.wings import Wings

# The template puts our own queues in these places: Chalice would take a queue of a fixed name, two stacks cannot share.
IN_TEMPLATE = "arn:aws:sqs:region:account:in-template"

app = Guarded(app_name="sunlight", configure_logs=False)  # what is logged goes out by seen/lines.py alone
watching.watch(app)
# Chalice asks nothing of it but what every mapping has
app.routes = Wings(app, {**api.WINGS, ("/console",): lambda house: rooms.register(house)})  # type: ignore[assignment]
app.api.binary_types.append("multipart/form-data")  # a scan comes through the counter's form as it is, not as text


@app.on_sqs_message(queue_arn=IN_TEMPLATE, batch_size=5, name="route_submissions")
def route_submissions(event: SQSEvent) -> queues.Batch:
    """Routing queue."""
    return queues.route_submissions(event.to_dict())


@app.on_sqs_message(queue_arn=IN_TEMPLATE, batch_size=5, name="send_notices")
def send_notices(event: SQSEvent) -> queues.Batch:
    """Notices queue."""
    return queues.send_notices(event.to_dict())


@app.on_sqs_message(queue_arn=IN_TEMPLATE, batch_size=1, name="deliver_webhooks")
def deliver_webhooks(event: SQSEvent) -> queues.Batch:
    """Webhooks queue."""
    return queues.deliver_webhooks(event.to_dict())


@app.on_sqs_message(queue_arn=IN_TEMPLATE, batch_size=1, name="receive_mail")
def receive_mail(event: SQSEvent) -> queues.Batch:
    """Mail queue."""
    return queues.receive_mail(event.to_dict())


@app.schedule(Rate(15, unit=Rate.MINUTES), name="sweep")
def sweep(event: CloudWatchEvent) -> dict[str, object]:
    """The supervision sweep."""
    return schedules.sweep(event)


@app.schedule(Cron(30, 16, "L", "*", "?", "*"), name="assess_month")  # 00:30 of the first, in Shanghai
def assess_month(event: CloudWatchEvent) -> dict[str, object]:
    """The monthly assessment."""
    return schedules.assess_month(event)


@app.schedule(Cron(10, 16, "*", "*", "?", "*"), name="close_day")  # 00:10 in Shanghai
def close_day(event: CloudWatchEvent) -> dict[str, object]:
    """The root of the day that is over."""
    return schedules.close_day(event)
