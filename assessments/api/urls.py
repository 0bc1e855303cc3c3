"""Addresses of the verdicts' API."""

from django.urls import path

from assessments.api.summary import Summary

urlpatterns = [path("summary/", Summary.as_view(), name="api_summary")]
