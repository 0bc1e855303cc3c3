"""Addresses of the statements' pages."""

from django.urls import path

from farmland.views.statements import (
    files,
    forms,
    history,
    lists,
    prints,
    queue,
    remarks,
    sheet,
    steps,
    tables,
    uploads,
)

urlpatterns = [
    path("", lists.statement_list, name="statement_list"),
    path("open/", lists.year_open, name="year_open"),
    path("figures/", lists.statement_figures, name="statement_figures"),
    path("queue/", queue.statement_queue, name="statement_queue"),
    path("queue/batch/", queue.statement_batch, name="statement_batch"),
    path("<int:pk>/", sheet.statement_detail, name="statement_detail"),
    path("<int:pk>/cells/", sheet.statement_cells, name="statement_cells"),
    path("<int:pk>/remarks/", remarks.statement_remark, name="statement_remark"),
    path(
        "<int:pk>/comments/<int:comment>/resolve/",
        remarks.statement_comment_resolve,
        name="statement_comment_resolve",
    ),
    path("<int:pk>/rows/<slug:division>/", remarks.statement_row, name="statement_row"),
    path("<int:pk>/findings/", tables.statement_findings, name="statement_findings"),
    path("<int:pk>/changes/", tables.statement_changes, name="statement_changes"),
    path("<int:pk>/history/", history.statement_history, name="statement_history"),
    path("<int:pk>/form/", forms.statement_form, name="statement_form"),
    path("<int:pk>/files/", files.statement_files, name="statement_files"),
    path("<int:pk>/files/<int:file>/", files.statement_file, name="statement_file"),
    path("<int:pk>/files/<int:file>/withdraw/", files.statement_file_withdraw, name="statement_file_withdraw"),
    path("<int:pk>/prints/", prints.statement_prints, name="statement_prints"),
    path("<int:pk>/prints/<int:printed>/", prints.statement_print, name="statement_print"),
    path("<int:pk>/signed-copies/", prints.statement_signed_copies, name="statement_signed_copies"),
    path("<int:pk>/uploads/", uploads.statement_uploads, name="statement_uploads"),
    path("<int:pk>/uploads/<int:upload>/", uploads.statement_upload, name="statement_upload"),
    path("<int:pk>/uploads/<int:upload>/file/", uploads.statement_upload_file, name="statement_upload_file"),
    path("<int:pk>/uploads/<int:upload>/marked/", uploads.statement_upload_marked, name="statement_upload_marked"),
    path("<int:pk>/uploads/<int:upload>/issues/", uploads.statement_upload_issues, name="statement_upload_issues"),
    path(
        "<int:pk>/uploads/<int:upload>/<slug:action>/",
        uploads.statement_upload_step,
        name="statement_upload_step",
    ),
    path("<int:pk>/<slug:action>/", steps.statement_step, name="statement_step"),
]
