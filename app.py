"""The functions that AWS calls. Event functions stand here, one line each: elsewhere they lose this module."""

from chalice.app import CloudWatchEvent, Cron, Rate, SQSEvent

from chalicelib.entrypoints import console, queues, schedules, watching
from chalicelib.entrypoints.agencies import agencies
from chalicelib.entrypoints.alike import alike
from chalicelib.entrypoints.campaign import campaign
from chalicelib.entrypoints.challenges import challenges
from chalicelib.entrypoints.chat import chat
from chalicelib.entrypoints.decisions import decisions
from chalicelib.entrypoints.guarded import Guarded
from chalicelib.entrypoints.health import health
from chalicelib.entrypoints.honours import honours
from chalicelib.entrypoints.inbound import inbound
from chalicelib.entrypoints.intake import intake
from chalicelib.entrypoints.open311 import open311
from chalicelib.entrypoints.openapi import openapi
from chalicelib.entrypoints.receptions import receptions
from chalicelib.entrypoints.record import record
from chalicelib.entrypoints.security_contact import security_contact
from chalicelib.entrypoints.webhook_schemas import webhook_schemas

# The template puts our own queues in these places: Chalice would take a queue of a fixed name, two stacks cannot share.
IN_TEMPLATE = "arn:aws:sqs:region:account:in-template"

app = Guarded(app_name="sunlight", configure_logs=False)  # what is logged goes out by seen/lines.py alone
watching.watch(app)
app.api.binary_types.append("multipart/form-data")  # a scan comes through the counter's form as it is, not as text
app.register_blueprint(intake)
app.register_blueprint(agencies)
app.register_blueprint(receptions)
app.register_blueprint(decisions)
app.register_blueprint(alike)
app.register_blueprint(record)
app.register_blueprint(campaign)
app.register_blueprint(honours)
app.register_blueprint(webhook_schemas)
app.register_blueprint(chat)
app.register_blueprint(challenges)
app.register_blueprint(inbound)
app.register_blueprint(open311)
app.register_blueprint(openapi)
app.register_blueprint(health)
app.register_blueprint(security_contact)
console.register(app)


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
