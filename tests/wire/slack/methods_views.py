"""The Web API's methods that show modals, Home tabs and files."""

from __future__ import annotations

from tests.wire.slack.blocks import check_view
from tests.wire.slack.call import Call, method
from tests.wire.slack.methods_chat import by_bot
from tests.wire.slack.rates import TIER_4
from tests.wire.slack.refusal import Json, Refused
from tests.wire.slack.state import File

LARGEST_FILE = 1024**3


@method("views.open", TIER_4, needs=("trigger_id", "view"))
async def open_view(call: Call) -> Json:
    """Show a modal to the person who made the trigger."""
    view = check_view(call.structure("view"))
    return {"view": call.workspace.views.open(call.workspace.views.spend(call.text("trigger_id")), view)}


@method("views.push", TIER_4, needs=("trigger_id", "view"))
async def push_view(call: Call) -> Json:
    """Lay a modal on the one that is open."""
    view = check_view(call.structure("view"))
    return {"view": call.workspace.views.push(call.workspace.views.spend(call.text("trigger_id")), view)}


@method("views.update", TIER_4, needs=("view",), may=("view_id", "external_id", "hash"))
async def update_view(call: Call) -> Json:
    """Show something else in an open modal."""
    view_id, external_id = call.text("view_id"), call.text("external_id")
    if bool(view_id) == bool(external_id):
        raise Refused("invalid_arguments", ["exactly one of view_id and external_id must be provided"])
    view = check_view(call.structure("view"))
    views = call.workspace.views
    return {"view": views.update(view, view_id=view_id, external_id=external_id, view_hash=call.text("hash"))}


@method("views.publish", TIER_4, needs=("user_id", "view"), may=("hash",))
async def publish_view(call: Call) -> Json:
    """Show something in somebody's Home tab."""
    user = call.user("user_id")
    view = check_view(call.structure("view"), home=True)
    return {"view": call.workspace.views.publish(user.id, view, call.text("hash"))}


@method(
    "files.getUploadURLExternal",
    TIER_4,
    needs=("filename", "length"),
    may=("alt_txt", "alt_text", "snippet_type"),
    scopes=("files:write",),
)
async def upload_url(call: Call) -> Json:
    """Where a file can be put."""
    length = call.number("length", 0, at_most=LARGEST_FILE)
    alt = call.text("alt_txt") or call.text("alt_text")
    file = File(call.slack.ids.next("F"), call.text("filename"), length, call.workspace.id, alt=alt)
    call.slack.files[file.id] = file
    return {"upload_url": f"{call.slack.url}/upload/v1/{file.id}", "file_id": file.id}


@method(
    "files.completeUploadExternal",
    TIER_4,
    needs=("files",),
    may=("channel_id", "channels", "initial_comment", "thread_ts", "blocks"),
    scopes=("files:write",),
)
async def complete_upload(call: Call) -> Json:
    """Share the files that were put there, as one message when a channel is named."""
    wanted = call.structure("files")
    if not isinstance(wanted, list) or not wanted or not all(isinstance(one, dict) and "id" in one for one in wanted):
        raise Refused("invalid_arguments", ["must provide an array of files [json-pointer:/files]"])
    files = [_uploaded(call, one) for one in wanted]
    shapes = [_shape(call, file) for file in files]
    if call.text("channel_id"):
        channel = call.open_channel("channel_id")
        fields = {"text": call.text("initial_comment"), "files": shapes, "subtype": "file_share", "upload": False}
        fields |= by_bot(call)
        if call.text("thread_ts"):
            fields["thread_ts"] = call.text("thread_ts")
        message = call.workspace.add(channel, call.workspace.bot, fields)
        call.workspace.tell(call.workspace.message_event(channel, message), channel)
        for shape in shapes:
            shape["shares"] = {"public": {channel.id: [{"ts": message["ts"]}]}}
    for file in files:
        file.shared = True
    return {"files": shapes}


def _uploaded(call: Call, wanted: Json) -> File:
    file = call.slack.files.get(wanted["id"])
    if file is None or file.team != call.workspace.id or file.content is None or file.shared:
        raise Refused("file_not_found")
    file.title = wanted.get("title") or file.name
    return file


def _shape(call: Call, file: File) -> Json:
    kind = file.name.rpartition(".")[2].lower()
    return {
        "id": file.id,
        "created": int(call.slack.clock.now()),
        "name": file.name,
        "title": file.title,
        "filetype": kind,
        "mimetype": {"png": "image/png", "csv": "text/csv", "txt": "text/plain"}.get(kind, "application/octet-stream"),
        "user": call.workspace.bot.id,
        "size": file.length,
        **({"alt_txt": file.alt} if file.alt else {}),
        "mode": "hosted",
        "is_external": False,
        "url_private": f"{call.slack.url}/files/{file.id}",
    }
