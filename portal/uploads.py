"""Files of a form that was refused: kept for a day, so that nobody has to choose them again.

A kept file lies in the file storage under `pending/<day>/` with a random name. The form carries a signed reference to
it, which opens only for the person who uploaded it.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from typing import Any

from django.core import signing
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.utils.dateparse import parse_date

from accounts.models import User

FOLDER = "pending"
KEPT_FOR = timedelta(days=1)
SALT = "portal.uploads"


@dataclass(frozen=True)
class Kept:
    """One file that waits for its form."""

    path: str
    name: str
    size: int
    content_type: str
    reference: str

    def open(self) -> UploadedFile[Any]:
        """As if it had just been uploaded."""
        return UploadedFile(
            file=default_storage.open(self.path), name=self.name, content_type=self.content_type, size=self.size
        )


def keep(file: UploadedFile[Any], *, by: User, at: datetime) -> Kept:
    """Store a file until its form is sent again."""
    file.seek(0)
    path = default_storage.save(f"{FOLDER}/{at:%Y-%m-%d}/{uuid.uuid4()}", file)
    name, size = PurePosixPath(file.name or "file").name, file.size or 0
    content_type = file.content_type or "application/octet-stream"
    said = signing.dumps([by.pk, path, name, size, content_type], salt=SALT)
    return Kept(path, name, size, content_type, said)


def find(references: Iterable[str], *, by: User) -> list[Kept]:
    """The kept files of a form; what is forged, too old, somebody else's or gone is left out."""
    return [kept for reference in references if (kept := _find(reference, by)) is not None]


def _find(reference: str, by: User) -> Kept | None:
    try:
        owner, path, name, size, content_type = signing.loads(reference, salt=SALT, max_age=KEPT_FOR)
    except (signing.BadSignature, ValueError):
        return None
    if owner != by.pk or not default_storage.exists(path):
        return None
    return Kept(path, name, size, content_type, reference)


def forget(files: Iterable[Kept]) -> None:
    """Remove files whose form was taken."""
    for kept in files:
        default_storage.delete(kept.path)


def clean_up(at: datetime) -> None:
    """Remove what nobody came back for: every folder of a day that is over for longer than files are kept."""
    last = (at - 2 * KEPT_FOR).date()
    for day in _listed(FOLDER, folders=True):
        parsed = parse_date(day)
        if parsed is not None and parsed <= last:
            for name in _listed(f"{FOLDER}/{day}", folders=False):
                default_storage.delete(f"{FOLDER}/{day}/{name}")
            default_storage.delete(f"{FOLDER}/{day}")


def _listed(path: str, *, folders: bool) -> list[str]:
    try:
        found = default_storage.listdir(path)
    except FileNotFoundError:
        return []
    return list(found[0] if folders else found[1])
