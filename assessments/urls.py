"""Addresses of the dashboards."""

from django.urls import path

from assessments.views import cell, division, figure, home, overview

urlpatterns = [
    path("", overview.overview, name="overview"),
    path("home/", home.home, name="home"),
    path("statements/<int:pk>/cells/<division:code>/<slug:indicator>/", cell.statement_cell, name="statement_cell"),
    path("divisions/<division:code>/", division.division, name="division"),
    path("divisions/<division:code>/figures/<slug:indicator>/", figure.figure, name="figure"),
]
