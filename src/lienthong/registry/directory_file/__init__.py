"""The directory as a file: import and export as CSV or XLSX.

One row is one agency as it stands after all recorded changes. A row with ``main_code`` gives that agency one more code.
In an import an empty cell leaves what is known as it is, agencies that are not in the file stay untouched, and all rows
are taken or none. Columns: ``columns.COLUMNS``.
"""

from lienthong.registry.directory_file.importing import ImportReport, import_directory
from lienthong.registry.directory_file.writing import export_directory

__all__ = ["ImportReport", "export_directory", "import_directory"]
