"""The product's settings with the bench's addresses beside the product's own; nothing else differs."""

from tibandu.web.settings import *  # noqa: F403

ROOT_URLCONF = "tibandu.web.bench.urls"
