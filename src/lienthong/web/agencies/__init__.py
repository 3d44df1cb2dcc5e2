"""*Cơ quan*: the directory by date, import with preview, reform plans."""
