"""The page's API: for this machine alone, and an error is a sentence."""

from __future__ import annotations

import io
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
import pytest
from aiohttp import FormData
from yarl import URL

from tests.community import START, Talk, founded, running

HTML = b"<script>alert(1)</script>"


async def ask(talk: Talk, method: str, path: str, **options: Any) -> tuple[int, Any, str]:
    """Status, body and content type. The path is sent as it is written."""
    url = URL(talk.url + path, encoded=True)
    async with talk.session.request(method, url, **options) as response:
        raw = await response.read()
        kind = response.content_type
        return response.status, json.loads(raw) if kind == "application/json" else raw, kind


async def raw_post(talk: Talk, path: str, data: bytes, kind: str = "application/json") -> tuple[int, Any]:
    status, body, _ = await ask(talk, "POST", path, data=io.BytesIO(data), headers={"Content-Type": kind})
    return status, body


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8080", "127.0.0.1.evil.example", "192.168.1.5", ""])
async def test_a_name_that_was_bent_to_point_here_is_refused(tmp_path: Path, host: str) -> None:
    async with running(tmp_path) as talk:
        for path in ("/", "/local/people", "/page/main.js", "/healthz"):
            status, _, _ = await ask(talk, "GET", path, headers={"Host": host})
            assert status in (400, 403)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]"])
async def test_every_name_of_this_machine_is_served(tmp_path: Path, host: str) -> None:
    async with running(tmp_path) as talk:
        for header in (host, f"{host}:8080"):
            assert (await ask(talk, "GET", "/local/people", headers={"Host": header}))[0] == 200


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://localhost:1", "http://127.0.0.1", "file://"]
)
async def test_another_sites_page_is_refused_whatever_it_asks(tmp_path: Path, origin: str) -> None:
    async with running(tmp_path) as talk:
        status, body, _ = await ask(talk, "POST", "/local/people", json={"name": "Eve"}, headers={"Origin": origin})
        assert (status, body) == (403, {"error": "This page is for this machine alone."})
        assert (await ask(talk, "GET", "/local/people", headers={"Origin": origin}))[0] == 403
        status, _, _ = await ask(talk, "POST", "/local/people", json={"name": "Ana"}, headers={"Origin": talk.url})
        assert status == 201


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b'"text"', b"\xff", b"[" * 100_000], ids=lambda body: repr(body[:6])
)
async def test_what_is_no_json_object_is_refused_in_a_sentence(tmp_path: Path, body: bytes) -> None:
    async with running(tmp_path) as talk:
        for path in ("/local/people", "/local/messages", "/local/clock", "/local/forms/x"):
            assert await raw_post(talk, path, body) == (400, {"error": "That request could not be read."})


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
async def test_what_a_form_of_another_site_could_send_is_refused(tmp_path: Path, kind: str) -> None:
    async with running(tmp_path) as talk:
        status, body = await raw_post(talk, "/local/people", b'{"name": "Eve"}', kind)
        assert (status, body) == (400, {"error": "That request could not be read."})


STRANGE = ["\ud800", "\x00", "x" * 5000, "\u202eevil", 5, None, ["a"], {"a": "b"}]
PATHS = [
    *("people", "join", "leave", "places", "invite", "messages", "commands", "shortcuts", "buttons", "read"),
    *("messages/1/edit", "messages/1/delete", "messages/1/react", "forms/x", "forms/x/close"),
]


@pytest.mark.parametrize("path", PATHS)
async def test_whatever_stands_in_its_fields_the_answer_is_a_sentence_or_a_success(tmp_path: Path, path: str) -> None:
    async with running(tmp_path) as talk:
        ana = await talk.newcomer("Ana")
        await ana.creates("circle")
        good: dict[str, Any] = {"person": ana.id, "place": await ana.place("circle"), "text": "hello", "name": "new"}
        good |= {"language": "en", "emoji": "👍", "message": "1", "button": "b", "shortcut": "s", "values": {}}
        for name in (*good, "thread", "files", "at"):
            for strange in STRANGE:
                status, body = await raw_post(talk, f"/local/{path}", json.dumps({**good, name: strange}).encode())
                assert status in (200, 201, 400), (name, strange, body)
                assert status < 400 or body["error"].endswith((".", "?")), (name, strange, body)


async def test_unknown_ids_are_told_in_plain_sentences(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        ana = await talk.newcomer("Ana")
        asked = [
            await ask(talk, "GET", "/local/state?person=nobody"),
            await ask(talk, "GET", "/local/state"),
            await ask(talk, "GET", f"/local/messages?person={ana.id}&place=nowhere"),
            await ask(talk, "GET", "/local/stream?person=nobody"),
            await ask(talk, "POST", "/local/join", json={"person": ana.id, "place": "nowhere"}),
            await ask(talk, "POST", "/local/messages/999/edit", json={"person": ana.id, "text": "x"}),
            await ask(talk, "POST", "/local/forms/unknown", json={"person": ana.id, "values": {}}),
            await ask(talk, "POST", "/local/buttons", json={"person": ana.id, "message": "1", "button": "x"}),
            await ask(talk, "POST", "/local/clock", json={"forward": "century"}),
            await ask(talk, "POST", "/local/files?person=nobody", data=b"x"),
        ]
        for status, body, _ in asked:
            assert status == 400
            assert body["error"].endswith(".")
        assert (await ask(talk, "GET", "/local/files/unknown"))[0] == 404


async def test_the_page_is_served_with_a_policy_that_runs_nothing_foreign(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        for path in ("/", "/page/main.js", "/page/favicon.svg"):
            async with talk.session.get(talk.url + path) as response:
                assert response.status == 200, path
                policy = response.headers["Content-Security-Policy"]
                assert "default-src 'self'" in policy
                assert "unsafe" not in policy
                assert "frame-ancestors 'none'" in policy
                assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "path",
    [
        *("../routes.py", "..%2froutes.py", "%2e%2e/routes.py", "..%5croutes.py", "%2fetc%2fpasswd"),
        *("nothing.js", ".", "..", "%00", "main.js%00.css"),
    ],
)
async def test_no_path_leads_out_of_the_pages_folder(tmp_path: Path, path: str) -> None:
    async with running(tmp_path) as talk:
        status, body, _ = await ask(talk, "GET", f"/page/{path}")
        assert status in (400, 404)
        assert b"import" not in bytes(body)


async def upload(talk: Talk, person: str, content: bytes, kind: str, name: str = "file") -> tuple[int, Any]:
    headers = {"Content-Type": kind}
    status, body, _ = await ask(
        talk, "POST", f"/local/files?person={person}&name={name}", data=io.BytesIO(content), headers=headers
    )
    return status, body


async def test_a_file_that_is_too_big_is_refused_in_a_sentence(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        ana = await talk.newcomer("Ana")
        status, body = await upload(talk, ana.id, bytes(8_000_000), "image/png")
        assert (status, body["file"]["size"]) == (201, 8_000_000)
        status, body = await upload(talk, ana.id, bytes(8_000_001), "image/png")
        assert (status, body) == (413, {"error": "That file is too big. The limit is 8 MB."})


async def test_a_request_that_is_too_big_is_refused_in_a_sentence(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        status, body = await raw_post(talk, "/local/people", b'{"name": "' + b"x" * 1_100_000 + b'"}')
        assert (status, body) == (413, {"error": "That is too much at once."})


@pytest.mark.parametrize(
    ("kind", "served", "shown"),
    [
        ("image/png", "image/png", True),
        ("image/svg+xml", "application/octet-stream", False),
        ("text/html", "application/octet-stream", False),
        ("application/xhtml+xml", "application/octet-stream", False),
        ("text/plain", "application/octet-stream", False),
        ("image/png; charset=x", "image/png", True),
    ],
)
async def test_only_pictures_are_shown_in_place_and_the_rest_is_a_download(
    tmp_path: Path, kind: str, served: str, shown: bool
) -> None:
    async with running(tmp_path) as talk:
        ana = await talk.newcomer("Ana")
        _, body = await upload(talk, ana.id, HTML, kind)
        async with talk.session.get(f"{talk.url}/local/files/{body['file']['id']}") as response:
            assert response.content_type == served
            assert response.headers["Content-Disposition"].split(";")[0] == ("inline" if shown else "attachment")
            assert response.headers["X-Content-Type-Options"] == "nosniff"
            assert "default-src 'self'" in response.headers["Content-Security-Policy"]
            assert await response.read() == HTML


async def test_the_wrong_answers_of_a_form_are_told_by_field_and_the_form_stays_open(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        ana = await talk.newcomer("Ana")
        await ana.creates("nurses")
        await ana.invites_the_bot("nurses")
        await ana.presses("Start a community here")
        errors = await ana.fills_in_wrongly(Community_name=" ", Language="klingon")
        assert errors == {"name": "Please fill this in.", "language": "Please choose from the list."}
        form = await ana.form()
        assert form is not None
        ben, path = await talk.newcomer("Ben"), f"/local/forms/{form.raw['id']}"
        status, body, _ = await ask(talk, "POST", path, json={"person": ben.id, "values": {}})
        assert (status, body["error"]) == (400, "This form was sent already, or is no longer open.")
        await ana.fills_in(Community_name="Nurses")
        status, body, _ = await ask(talk, "POST", path, json={"person": ana.id, "values": {}})
        assert (status, body["error"]) == (400, "This form was sent already, or is no longer open.")


@pytest.mark.parametrize(("forward", "hours"), [("hour", 1), ("day", 24)])
async def test_the_clock_goes_forward_by_steps(tmp_path: Path, forward: str, hours: int) -> None:
    async with running(tmp_path) as talk:
        answer = await talk.post("/local/clock", forward=forward)
        assert answer["clock"]["now"] == (START + timedelta(hours=hours)).isoformat()


async def test_the_clock_goes_forward_to_nine_o_clock_on_monday(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        for _ in range(2):
            clock = (await talk.post("/local/clock", forward="monday"))["clock"]
            local = datetime.fromisoformat(clock["now"]).astimezone(ZoneInfo(clock["time_zone"]))
            assert (local.isoweekday(), local.hour, local.minute) == (1, 9, 0)


async def test_the_clock_never_goes_back(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        answer = await talk.post("/local/clock", to="2020-01-01T00:00:00+00:00", expect=(400,))
        assert answer == {"error": "Time only goes forward here."}
        assert talk.app is not None
        assert talk.app.clock.now() == START
        for no_time in ("yesterday", "2026-03-03", "9999-12-31T23:59:59-14:00", "2999-01-01T00:00:00+00:00"):
            answer = await talk.post("/local/clock", to=no_time, expect=(400,))
            assert answer["error"].endswith(".")


async def test_a_page_is_told_what_changes_and_only_what_its_person_may_see(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima = await founded(talk)
        ana = await talk.newcomer("Ana")
        async with talk.session.get(f"{talk.url}/local/stream", params={"person": ana.id}) as stream:
            assert stream.content_type == "text/event-stream"
            await fatima.says("/help")
            await fatima.says("not for you yet", place="circle")
            await ana.joins("circle")
            await fatima.says("hello Ana", place="circle")
            heard = b""
            while b"hello Ana" not in heard:
                heard += await stream.content.readany()
        assert b"not for you yet" not in heard
        assert b"What you can do" not in heard


async def test_an_upload_is_no_form_of_another_site(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        ana = await talk.newcomer("Ana")
        form = FormData({"file": "x"})
        async with (
            aiohttp.ClientSession() as session,
            session.post(
                f"{talk.url}/local/files?person={ana.id}", data=form, headers={"Origin": "https://evil.example"}
            ) as response,
        ):
            assert response.status == 403


async def test_a_form_that_was_refused_opens_again_with_what_was_typed(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        ana = await talk.newcomer("Ana")
        await ana.creates("circle")
        await ana.invites_the_bot("circle")
        await ana.presses("Start a community here")
        await ana.fills_in(Community_name="Nurses of the lake", Time_zone="Middle of nowhere")
        assert "I don't know the time zone" in await ana.last()
        assert await ana.form() is None
        await ana.presses("Open the form")
        form = await ana.form()
        assert form is not None
        typed = {one.label: one.initial for one in form.fields}
        assert (typed["Community name"], typed["Time zone"]) == ("Nurses of the lake", "Middle of nowhere")
        await ana.fills_in(Time_zone="Africa/Nairobi")
        assert await ana.form() is None
        await ana.says("/help")
        assert "What you can do in Nurses of the lake" in await ana.last()
