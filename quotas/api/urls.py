"""Addresses of promises in the API."""

from django.urls import path

from quotas.api import letters, nodes, placements, steps, targets, tree, versions

urlpatterns = [
    path("", targets.TargetList.as_view(), name="api_quota_list"),
    path("tree/", tree.TargetTree.as_view(), name="api_quota_tree"),
    path("versions/", versions.VersionList.as_view(), name="api_quota_versions"),
    path("versions/<int:pk>/", versions.VersionDetail.as_view(), name="api_quota_version"),
    path("versions/<int:pk>/adjustment/", steps.VersionAdjustment.as_view(), name="api_quota_adjustment"),
    path("versions/<int:pk>/reasons/", steps.VersionReasons.as_view(), name="api_quota_reasons"),
    path("versions/<int:pk>/nodes/", nodes.VersionNodes.as_view(), name="api_quota_nodes"),
    path("versions/<int:pk>/proposal/", steps.VersionProposal.as_view(), name="api_quota_proposal"),
    path("versions/<int:pk>/<slug:action>/", steps.VersionStep.as_view(), name="api_quota_step"),
    path("letters/", letters.LetterList.as_view(), name="api_quota_letters"),
    path("letters/<int:pk>/", letters.LetterDetail.as_view(), name="api_quota_letter"),
    path("letters/<int:pk>/copy/", letters.LetterCopy.as_view(), name="api_quota_letter_copy"),
    path("placements/<int:node>/", placements.PlacementDetail.as_view(), name="api_quota_placement"),
]
