"""Addresses of statements in the API."""

from django.urls import path

from farmland.api.statements import (
    batch,
    cells,
    changes,
    detail,
    files,
    forms,
    history,
    lists,
    prints,
    remarks,
    uploads,
    years,
)

urlpatterns = [
    path("", lists.StatementList.as_view(), name="api_statement_list"),
    path("batch/", batch.StatementBatch.as_view(), name="api_statement_batch"),
    path("<int:pk>/", detail.StatementDetail.as_view(), name="api_statement_detail"),
    path("<int:pk>/figures/", cells.StatementFigures.as_view(), name="api_statement_figures"),
    path("years/", years.ReportingYears.as_view(), name="api_reporting_years"),
    path("<int:pk>/comments/", remarks.Comments.as_view(), name="api_statement_comments"),
    path("<int:pk>/comments/<int:comment>/resolve/", remarks.CommentResolve.as_view(), name="api_comment_resolve"),
    path("<int:pk>/reasons/", remarks.Reasons.as_view(), name="api_statement_reasons"),
    path("<int:pk>/rows/", remarks.Rows.as_view(), name="api_statement_rows"),
    path("<int:pk>/changes/", changes.Changes.as_view(), name="api_statement_changes"),
    path("<int:pk>/history/", history.History.as_view(), name="api_statement_history"),
    path("<int:pk>/form/", forms.StatementForm.as_view(), name="api_statement_form"),
    path("<int:pk>/files/", files.StatementFiles.as_view(), name="api_statement_files"),
    path("<int:pk>/files/<int:file>/", files.StatementFile.as_view(), name="api_statement_file"),
    path(
        "<int:pk>/files/<int:file>/withdraw/",
        files.StatementFileWithdraw.as_view(),
        name="api_statement_file_withdraw",
    ),
    path("<int:pk>/prints/", prints.StatementPrints.as_view(), name="api_statement_prints"),
    path("<int:pk>/signed-copies/", prints.SignedCopies.as_view(), name="api_statement_signed_copies"),
    path("<int:pk>/uploads/", uploads.StatementUploads.as_view(), name="api_statement_uploads"),
    path("<int:pk>/uploads/<int:upload>/", uploads.StatementUpload.as_view(), name="api_statement_upload"),
    path(
        "<int:pk>/uploads/<int:upload>/<slug:action>/",
        uploads.StatementUploadStep.as_view(),
        name="api_statement_upload_step",
    ),
    path("<int:pk>/<slug:action>/", detail.StatementStep.as_view(), name="api_statement_step"),
]
