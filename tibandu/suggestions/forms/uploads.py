"""Knows the field with which files arrive at the steps of this room."""

from tibandu.base.uploads import FilesField as FilesField
