"""The archives: whether an importer finds a module where its archive has it.

A part of the evidence, whose rules hold here too.  `zipimport` reads an archive's table of contents once and
keeps it, for all importers of the archive: where each file begins, and how long it is.
"""

import os
import sys
import types

loaded = sys.modules
raw_get = dict.get
# Given by the probe: raw and values.
module_dict = raw.module_dict  # noqa: F821
attribute = values.attribute  # noqa: F821

ENDINGS = (".py", ".pyc", ".pyo", "/__init__.py", "/__init__.pyc", "/__init__.pyo")


def read_elsewhere(namespace):
    """The archive that a reload of a module is about to read at another place than the module is at; or None."""
    zipimport, name = loaded.get("zipimport"), raw_get(namespace, "__name__")
    if not issubclass(type(zipimport), types.ModuleType) or type(name) is not str:
        return None
    kind, kept = [raw_get(module_dict(zipimport), known) for known in ("zipimporter", "_zip_directory_cache")]
    importers = sys.path_importer_cache
    if type(kept) is not dict or type(importers) is not dict:
        return None
    if not any(type(one) is kind for one in list(importers.values())):
        return None
    parent, _, name = name.rpartition(".")
    for entry in entries_of(parent):
        importer = raw_get(importers, entry) if type(entry) is str else None
        if type(importer) is kind:
            found, today = places(importer, kind, kept, name)
            if found != today:
                return importer.archive if any(found) and any(today) else None
            if any(found):
                return None
        elif is_in_folder(entry, name):
            return None
    return None


def entries_of(parent):
    """Where a module is looked for, in this order."""
    if not parent:
        return list(sys.path)
    package = loaded.get(parent)
    path = module_dict(package).get("__path__") if issubclass(type(package), types.ModuleType) else None
    return list(path) if type(path) is list else []


def is_in_folder(entry, name):
    try:
        found = [file for file in os.listdir(entry) if file.partition(".")[0] == name]
        return any(file == name or file.endswith((".py", ".pyc", ".so")) for file in found)
    except (OSError, TypeError):
        return False


def places(importer, kind, kept, name):
    """Where a module's files are by the table that an importer goes by, and where they are."""
    archive, path = importer.archive, importer.prefix + name
    table = attribute(importer, "_files")
    if type(table) is not dict:  # since 3.13 all go by what is kept
        table = raw_get(kept, archive)
    today = table_of(archive, kind, kept)
    if table is None:
        table = today  # it is about to be read
    # How it is packed, how long it is there, how long it is, and where it begins; not its time and its checksum.
    return [[(raw_get(one, path + ending) or ())[1:5] for ending in ENDINGS] for one in (table, today)]


def table_of(archive, kind, kept):
    """The table of contents that an archive has now.  What is kept stays as it is."""
    before = kept.pop(archive, None)
    try:
        kind(archive)
        return kept[archive]
    except Exception:
        return {}  # it is no archive, or not there
    finally:
        kept.pop(archive, None)
        if before is not None:
            kept[archive] = before
