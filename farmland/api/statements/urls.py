"""Addresses of statements in the API."""

from django.urls import path

from farmland.api.statements import cells, detail, lists

urlpatterns = [
    path("", lists.StatementList.as_view(), name="api_statement_list"),
    path("<int:pk>/", detail.StatementDetail.as_view(), name="api_statement_detail"),
    path("<int:pk>/figures/", cells.StatementFigures.as_view(), name="api_statement_figures"),
    path("<int:pk>/<slug:action>/", detail.StatementStep.as_view(), name="api_statement_step"),
]
