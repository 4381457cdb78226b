"""Reports as data: a spreadsheet with every figure, and JSON by the schema of docs/reports.md."""

from collections.abc import Mapping

from chalice.app import Response

from chalicelib.desk.reporting import Report
from chalicelib.desk.sheets import sheet
from chalicelib.domain.clearing import Clearing, Part
from chalicelib.domain.report_tables import county_table
from chalicelib.domain.reports import Counts, Listing, Measure, Table, Totals
from chalicelib.entrypoints.answers import HEADERS, json_answer
from chalicelib.entrypoints.console.report_figures import Speaker
from chalicelib.entrypoints.console.report_papers import parts_of
from chalicelib.entrypoints.wording import iso


def report_sheet(report: Report, speaker: Speaker, unit: str | None) -> str:
    """Every figure of a period: a line a table's key, a column a measure. ``unit``: that unit's alone."""
    header = [speaker.say("report.column.table"), speaker.say("report.column.key"), speaker.say("report.column.name")]
    rows: list[list[object]] = [[*header, *(speaker.say(f"measure.{measure}") for measure in Measure)]]
    if unit is None:
        rows.append(["all", "", speaker.period(report.period), *_line(report.totals.all)])
        for table in Table:
            rows += [
                [table.value, key, _name(table, key, speaker), *_line(counts)]
                for key, counts in report.totals.of(table).items()
            ]
    else:
        rows.append([Table.UNIT.value, unit, speaker.unit(unit), *_line(report.totals.unit(unit))])
    return sheet(rows)


def _line(counts: Counts) -> list[int]:
    return [counts.get(measure, 0) for measure in Measure]


def _name(table: Table, key: str, speaker: Speaker) -> str:
    match table:
        case Table.KIND | Table.CHANNEL:
            return speaker.say(f"{table}.{key}")
        case Table.MAILBOX:
            return speaker.mailbox(key)
        case Table.AREA:
            return speaker.area(key)
        case Table.CATEGORY:
            return speaker.category(key)
        case Table.UNIT:
            return speaker.unit(key)
        case Table.TOPIC:
            category, _, area = key.partition("|")
            return f"{speaker.area(area)}·{speaker.category(category)}"


def report_json(report: Report, speaker: Speaker, unit: str | None) -> Response:
    """The same as JSON, with what it is compared with."""
    body: dict[str, object] = {
        "period": report.period.key,
        "span": report.period.span.value,
        "first_day": report.period.first.isoformat(),
        "last_day": report.period.last.isoformat(),
        "provisional": report.provisional,
        "counted_at": iso(report.counted_at),
        "missing_months": [f"{month:%Y-%m}" for month in report.missing],
    }
    if unit is not None:
        body |= {"unit": unit, "all": _counts(report.totals.unit(unit))}
        body |= {
            name: None if other is None else _counts(other.unit(unit))
            for name, other in (("before", report.before), ("year_before", report.year_before))
        }
        return json_answer(body)
    body |= {
        "all": _counts(report.totals.all),
        "tables": _tables(report.totals),
        "counties": [
            {
                "area": row.area,
                "name": speaker.area(row.area) if row.area else speaker.say("report.no_county"),
                "received": row.received,
                "handled": row.handled,
                "rate": None if row.rate is None else float(row.rate),
            }
            for row in county_table(report.totals, speaker.city)
        ],
        "cases": {
            listing.value: [
                {"case": named.case_id, "unit": named.unit or None} for named in report.totals.lists.get(listing, ())
            ]
            for listing in Listing
        },
        "before": None if report.before is None else _counts(report.before.all),
        "year_before": None if report.year_before is None else _counts(report.year_before.all),
        "months": [
            {"month": f"{one.month:%Y-%m}", "all": None if one.counts is None else _counts(one.counts)}
            for one in report.series
        ],
    }
    return json_answer(body)


def _counts(counts: Counts) -> dict[str, int]:
    return {measure.value: counts.get(measure, 0) for measure in Measure}


def _tables(totals: Totals) -> Mapping[str, object]:
    return {
        table.value: {
            key: {measure.value: number for measure, number in counts.items()} for key, counts in rows.items()
        }
        for table, rows in totals.tables.items()
    }


def clearing_sheet(clearing: Clearing, speaker: Speaker) -> str:
    """A morning's list, a line a matter."""
    tables = parts_of(clearing, speaker)
    rows = [[table.caption, *row] for table in tables for row in table.rows]
    return sheet([["", *tables[0].header], *rows])


def clearing_json(clearing: Clearing) -> Response:
    """The same as JSON."""
    return json_answer(
        {
            "day": clearing.day.isoformat(),
            "made_at": iso(clearing.made_at),
            "yesterday": {
                "day": clearing.yesterday.day.isoformat(),
                "total": clearing.yesterday.total,
                "by_kind": {kind.value: number for kind, number in clearing.yesterday.by_kind.items()},
                "by_channel": {channel.value: number for channel, number in clearing.yesterday.by_channel.items()},
            },
            "counts": {part.value: clearing.counts.get(part, 0) for part in Part},
            "overdue_by_unit": clearing.overdue_by_unit,
            "matters": {
                part.value: [
                    {
                        "case": matter.case_id,
                        "unit": matter.unit,
                        "state": None if matter.state is None else matter.state.value,
                        "due_at": None if matter.due_at is None else iso(matter.due_at),
                        "level": matter.level,
                        "sealed": matter.sealed,
                    }
                    for matter in clearing.parts.get(part, ())
                ]
                for part in Part
            },
        }
    )


def attachment(content: str, name: str) -> Response:
    """A spreadsheet to be kept under ``name``, of ASCII letters."""
    headers: dict[str, str | list[str]] = {
        **HEADERS,
        "Content-Type": "text/csv; charset=utf-8",
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "no-store",
    }
    return Response(content, status_code=200, headers=headers)
