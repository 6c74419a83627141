"""The door through which a web server enters."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tibandu.web.settings")
application = get_wsgi_application()

# What is loaded now stays; a page leaves little behind, and to look for it after every seven hundred objects takes a
# fifteenth of the page's time.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 50)
