"""The map pack: small GeoJSON files that the browser draws, built once at set-up and served as static files.

Owns where the geometry comes from, how it is projected and simplified, and what a pack must hold. Knows nothing of
figures: a feature is joined to them by its six-digit code alone, so that a pack of another maker can take this one's
place. Nothing that answers a request imports it.
"""

from django.utils.translation import gettext_lazy

# What stands below a map drawn from this pack.
SOURCE_NOTE = gettext_lazy("底图资料：天地图（国家基础地理信息中心），本图经投影与简化，供内部工作使用。")
