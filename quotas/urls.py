"""Addresses of the promises' pages."""

from django.urls import path

from quotas.views import letters, placements, sheet, steps, tree, uploads, versions

urlpatterns = [
    path("", versions.quota_list, name="quota_list"),
    path("open/", versions.quota_open, name="quota_open"),
    path("<int:pk>/", sheet.quota_version, name="quota_version"),
    path("<int:pk>/adjustment/", steps.quota_adjustment, name="quota_adjustment"),
    path("<int:pk>/below/<slug:action>/", steps.quota_steps_below, name="quota_steps_below"),
    path("<int:pk>/cells/", sheet.quota_cells, name="quota_cells"),
    path("<int:pk>/form/", uploads.quota_form, name="quota_form"),
    path("<int:pk>/proposal/", steps.quota_proposal, name="quota_proposal"),
    path("<int:pk>/reason/", steps.quota_reason, name="quota_reason"),
    path("<int:pk>/proposal/back/", steps.quota_take_back, name="quota_take_back"),
    path("<int:pk>/steps/<slug:action>/", steps.quota_step, name="quota_step"),
    path("<int:pk>/uploads/", uploads.quota_uploads, name="quota_uploads"),
    path("<int:pk>/uploads/<int:upload>/", uploads.quota_upload, name="quota_upload"),
    path("<int:pk>/uploads/<int:upload>/file/", uploads.quota_upload_file, name="quota_upload_file"),
    path("<int:pk>/uploads/<int:upload>/issues/", uploads.quota_upload_issues, name="quota_upload_issues"),
    path("<int:pk>/uploads/<int:upload>/marked/", uploads.quota_upload_marked, name="quota_upload_marked"),
    path("<int:pk>/uploads/<int:upload>/<slug:action>/", uploads.quota_upload_step, name="quota_upload_step"),
    path("tree/", tree.quota_tree, name="quota_tree"),
    path("letters/", letters.quota_letters, name="quota_letters"),
    path("letters/<int:pk>/", letters.quota_letter, name="quota_letter"),
    path("letters/<int:pk>/file/", letters.quota_letter_file, name="quota_letter_file"),
    path("placements/", placements.quota_placements, name="quota_placements"),
    path("placements/<int:pk>/", placements.quota_placement, name="quota_placement"),
]
