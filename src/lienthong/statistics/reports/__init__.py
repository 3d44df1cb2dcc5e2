"""Reports of a period: what they say (``content``), as a spreadsheet (``xlsx``) and as pages to sign (``pdf``)."""
