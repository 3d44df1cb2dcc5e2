"""All pages. ``docs/how-to/pages.md`` shows how one is made."""
