"""Addresses of the dashboards."""

from django.urls import path

from assessments.views import division, figure, overview

urlpatterns = [
    path("", overview.overview, name="overview"),
    path("divisions/<division:code>/", division.division, name="division"),
    path("divisions/<division:code>/figures/<slug:indicator>/", figure.figure, name="figure"),
]
